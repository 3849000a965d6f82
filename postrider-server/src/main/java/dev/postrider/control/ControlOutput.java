package dev.postrider.control;

/** Takes what a request brings before it is answered. For one thread. */
@FunctionalInterface
public interface ControlOutput {
  /** A message of a listing. */
  void entry(QueueEntry entry);

  /** A message was changed. */
  default void changed(String id) {}

  /** For requests that bring nothing. */
  static ControlOutput none() {
    return _ -> {};
  }
}
