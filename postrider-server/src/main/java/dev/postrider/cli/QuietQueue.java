package dev.postrider.cli;

import dev.postrider.account.AccountState;
import dev.postrider.config.Config;
import dev.postrider.control.ControlClient;
import dev.postrider.control.QueueEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The queue for commands that tell of the daemon themselves. Functions only. */
final class QuietQueue {
  private QuietQueue() {}

  /**
   * Reads all messages, oldest first; none where there is no queue yet.
   *
   * @throws AccessDeniedException if no daemon answers and the caller may not read the spool
   */
  static void read(QueueReader reader, Invocation call, Config config, Consumer<QueueEntry> entries)
      throws IOException {
    read(reader, call, config, entries, _ -> {});
  }

  /** The same, and the accounts that want a person. */
  static void read(
      QueueReader reader,
      Invocation call,
      Config config,
      Consumer<QueueEntry> entries,
      Consumer<AccountState> accounts)
      throws IOException {
    Path queue = Path.of(config.text("queue_directory"));
    Path spool = queue.resolve("spool");
    boolean answers = Files.exists(ControlClient.socket(queue));
    if (!Files.exists(spool) && !answers) {
      return;
    }
    try (PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      Invocation quiet =
          new Invocation(
              call.name(), call.arguments(), call.environment(), call.in(), nowhere, nowhere);
      long _ = reader.read(quiet, config, entries, accounts);
    } catch (IOException e) {
      if (!Files.isReadable(spool)) {
        throw new AccessDeniedException(spool.toString(), null, e.getMessage());
      }
      throw e;
    }
  }
}
