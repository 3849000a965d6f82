package dev.postrider.doctor;

import dev.postrider.control.QueueEntry;
import java.io.IOException;
import java.util.function.Consumer;

/** The messages of the queue: from the daemon, or from the spool where none runs. */
@FunctionalInterface
public interface QueueSource {
  /**
   * Reads all, oldest first.
   *
   * @throws java.nio.file.AccessDeniedException if the caller may not
   * @throws IOException with one sentence
   */
  void read(Consumer<QueueEntry> entries) throws IOException;
}
