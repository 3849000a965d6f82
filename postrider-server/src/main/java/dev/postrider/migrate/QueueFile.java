package dev.postrider.migrate;

import java.nio.file.Path;

/**
 * A file of Postfix's queue. Immutable.
 *
 * @param queue which directory it is in
 * @param path of the file
 */
public record QueueFile(Queue queue, Path path) {
  /** The queues that hold mail, in the order in which Postfix takes it through them. */
  public enum Queue {
    /** Handed over by a local program, not looked at yet. */
    MAILDROP,
    INCOMING,
    ACTIVE,
    DEFERRED,
    /** An administrator holds it. */
    HOLD,
    /** What Postfix could not read. */
    CORRUPT;

    /** The name of its directory. */
    public String directory() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The queue id. */
  public String id() {
    return String.valueOf(path.getFileName());
  }
}
