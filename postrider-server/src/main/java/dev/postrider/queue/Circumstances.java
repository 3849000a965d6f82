package dev.postrider.queue;

/**
 * What outside of the queue may end a fault: a table that was corrected, a network that is back.
 * The queue asks only while mail waits for that.
 */
@FunctionalInterface
public interface Circumstances {
  /** Nothing outside ever changes. */
  Circumstances CONSTANT = () -> "";

  /**
   * What has changed since the last call, as words for the log such as {@code "the network has
   * changed"}, or empty. May read files; called by one thread at a time.
   */
  String change();
}
