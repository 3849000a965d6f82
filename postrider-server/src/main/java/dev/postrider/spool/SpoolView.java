package dev.postrider.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The messages in the queue, to look at. Safe on any thread. */
public interface SpoolView extends AutoCloseable {
  /**
   * The message as it stands, or empty if it is not (or no longer) in the queue.
   *
   * @throws UncheckedIOException if it is there and cannot be read now
   */
  Optional<StoredMessage> find(QueueId id);

  /**
   * Every message, oldest first, each as it stands when the stream comes to it; one that is removed
   * meanwhile is left out, one that cannot be read is left out and said in the log.
   */
  Stream<StoredMessage> messages();

  /** What a scheduler needs of every message, oldest first, without reading any from disk. */
  Stream<Standing> standings();

  /**
   * How a message stands.
   *
   * @param pending how many recipients still wait; 0 if the spool was stopped between the last
   *     recipient's fate and the removal
   * @param size of the content in bytes
   * @param marks what was noted of it
   */
  record Standing(
      QueueId id,
      Instant nextAttempt,
      boolean held,
      int attempts,
      int pending,
      long size,
      Set<Mark> marks) {}

  @Override
  void close() throws IOException;
}
