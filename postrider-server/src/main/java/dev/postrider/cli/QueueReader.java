package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlRequest;
import dev.postrider.control.QueueEntry;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads what is in the queue: from the daemon, or where none runs from the spool itself. */
public final class QueueReader {
  /** Lists a queue whose daemon is not running. */
  @FunctionalInterface
  public interface StoppedQueue {
    /**
     * Reads the spool without changing anything in it.
     *
     * @throws IOException naming what could not be read
     */
    void list(Config config, Consumer<QueueEntry> entries) throws IOException;
  }

  private final StoppedQueue stoppedQueue;

  public QueueReader(StoppedQueue stoppedQueue) {
    this.stoppedQueue = stoppedQueue;
  }

  /**
   * Reads all messages, oldest first.
   *
   * @param call told on standard error that no daemon runs, if so
   * @throws IOException with one sentence for the person who asked
   */
  void read(Invocation call, Config config, Consumer<QueueEntry> entries) throws IOException {
    Path socket = ControlClient.socket(Path.of(config.text("queue_directory")));
    try {
      if (ControlClient.ask(socket, new ControlRequest.ListQueue(), entries::accept)
          instanceof ControlAnswer.Failed(String text)) {
        throw new IOException(text);
      }
    } catch (SocketException | NoSuchFileException e) {
      if (!Files.isReadable(Path.of(config.text("queue_directory"), "spool"))) {
        throw new IOException("Queue report unavailable - mail system is down", e);
      }
      call.err()
          .println(
              call.name()
                  + ": warning: Mail system is down -- accessing queue directly (connect to "
                  + socket
                  + ": "
                  + e.getMessage()
                  + ")");
      stoppedQueue.list(config, entries);
    }
  }
}
