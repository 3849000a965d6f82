package dev.postrider.cli;

import dev.postrider.account.AccountState;
import dev.postrider.account.AccountStates;
import dev.postrider.config.Config;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.control.QueueEntry;
import dev.postrider.spool.SegmentSpool;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
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

  /** How many entries may be printed before it is seen that nobody reads them. */
  private static final int ENTRIES_UNSEEN = 1_000;

  private final StoppedQueue stoppedQueue;

  public QueueReader(StoppedQueue stoppedQueue) {
    this.stoppedQueue = stoppedQueue;
  }

  /**
   * Reads all messages, oldest first.
   *
   * @param call told on standard error that no daemon runs, if so
   * @return how many damaged parts of the spool are set aside, see {@link #warnOfDamage}
   * @throws ClosedOutputException if nobody reads what {@code entries} prints: the rest of a long
   *     queue is not worth asking for
   * @throws IOException with one sentence for the person who asked
   */
  long read(Invocation call, Config config, Consumer<QueueEntry> entries) throws IOException {
    return read(call, config, entries, _ -> {});
  }

  /**
   * The same, and first of all the accounts that want a person, as far as the caller may see them.
   */
  long read(
      Invocation call, Config config, Consumer<QueueEntry> entries, Consumer<AccountState> accounts)
      throws IOException {
    try {
      return readAll(call, config, untilClosed(call.out(), entries), accounts);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Consumer<QueueEntry> untilClosed(PrintStream out, Consumer<QueueEntry> entries) {
    int[] count = {0};
    return entry -> {
      entries.accept(entry);
      if (++count[0] % ENTRIES_UNSEEN == 0 && out.checkError()) {
        throw new UncheckedIOException(new ClosedOutputException());
      }
    };
  }

  private long readAll(
      Invocation call, Config config, Consumer<QueueEntry> entries, Consumer<AccountState> accounts)
      throws IOException {
    Path queueDirectory = Path.of(config.text("queue_directory"));
    Path socket = ControlClient.socket(queueDirectory);
    long[] damaged = {0};
    ControlOutput output =
        new ControlOutput() {
          @Override
          public void entry(QueueEntry entry) {
            entries.accept(entry);
          }

          @Override
          public void account(AccountState state) {
            accounts.accept(state);
          }

          @Override
          public void damaged(long files) {
            damaged[0] = files;
          }
        };
    try {
      if (ControlClient.ask(socket, new ControlRequest.ListQueue(), output)
          instanceof ControlAnswer.Failed(String text)) {
        throw new IOException(text);
      }
      return damaged[0];
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
      Path data = Path.of(config.text("data_directory"));
      // Who may not read that is told nothing of it, as before.
      AccountStates.look(data, InstantSource.system(), _ -> {}).stopped().stream()
          .filter(each -> each.kind().wantsPerson())
          .forEach(accounts);
      stoppedQueue.list(config, entries);
      return SegmentSpool.quarantined(queueDirectory);
    }
  }

  /** On standard error, because scripts compare the listing. */
  static void warnOfDamage(Invocation call, Config config, long files) {
    if (files > 0) {
      call.warning(
          "the spool has damaged parts in %s/spool/quarantine (%d file%s): see \"postrider spool check\""
              .formatted(config.text("queue_directory"), files, files == 1 ? "" : "s"));
    }
  }
}
