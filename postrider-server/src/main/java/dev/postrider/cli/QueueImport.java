package dev.postrider.cli;

import dev.postrider.archive.BadExportException;
import dev.postrider.config.Config;
import dev.postrider.io.Printable;
import dev.postrider.migrate.QueueDirectory;
import dev.postrider.migrate.QueueFile;
import dev.postrider.migrate.QueuedMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** {@code postrider import queue}: takes over the mail that waits in a Postfix queue. */
final class QueueImport {
  static final String WRITE = "--write";
  static final String REMOVE = "--remove";
  static final String IGNORE_FILTER = "--ignore-filter";

  private static final int EX_NOINPUT = 66;
  private static final int EX_TEMPFAIL = 75;

  private final SpoolImport.StoppedSpool stopped;
  private final Postlog.LogOpener opener;
  private final InstantSource clock;

  QueueImport(SpoolImport.StoppedSpool stopped, Postlog.LogOpener opener, InstantSource clock) {
    this.stopped = stopped;
    this.opener = opener;
    this.clock = clock;
  }

  /**
   * Shows or takes over the mail.
   *
   * @param from Postfix's queue_directory
   * @return the exit code
   */
  int run(Invocation call, Config config, Path from, VerbArguments arguments)
      throws IOException, InterruptedException {
    QueueDirectory directory = new QueueDirectory(from);
    if (!directory.isQueue()) {
      call.fatal(
          from
              + ": there is no queue of Postfix (\"postconf queue_directory\" of Postfix tells where"
              + " it is; name it with --from)");
      return EX_NOINPUT;
    }
    Optional<String> user = directory.user();
    if (!arguments.has(WRITE)) {
      return new QueuePreview(call, directory, config).show(user);
    }
    if (user.isPresent()) {
      call.fatal(
          from + ": Postfix uses this queue: " + user.get() + " (stop it first: postfix stop)");
      return EX_TEMPFAIL;
    }
    Path own = Path.of(config.text("queue_directory"));
    if (!Files.isDirectory(own)) {
      throw new IOException(
          own + ": there is no queue directory (\"postfix check\" makes it, as root)");
    }
    QueueTaking taking = new QueueTaking(call, config, directory, arguments, clock);
    try (Postlog.OpenLog log = opener.open(config, config.text("syslog_name") + "/import")) {
      stopped.open(config, log.log(), taking::all);
    }
    return taking.end();
  }

  /** How a line about a file begins. */
  static String line(QueueFile file) {
    return Printable.of(file.queue().directory() + "/" + file.id() + ": ");
  }

  static String count(long messages) {
    return messages + (messages == 1 ? " message" : " messages");
  }

  /** Why a message is none to take over, though nothing is wrong with it; else empty. */
  static String notTaken(QueueFile file, QueuedMessage message) throws BadExportException {
    if (file.queue() == QueueFile.Queue.CORRUPT) {
      throw new BadExportException(
          "Postfix set it aside as damaged (\"postcat FILE\" shows it; \"postrider import queue\""
              + " takes it if you move it to the directory hold)");
    }
    if (message.isProbe()) {
      return "a question of Postfix's about an address, no mail";
    }
    return message.waiting() == 0 ? "nobody waits for it any more" : "";
  }
}
