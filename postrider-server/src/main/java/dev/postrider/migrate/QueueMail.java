package dev.postrider.migrate;

import dev.postrider.archive.ExportedMessage;
import dev.postrider.archive.ImportSource;
import dev.postrider.archive.Importer;
import dev.postrider.config.Config;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.io.PinnedFile;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.pickup.Submitter;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;

/**
 * The mail of one Postfix queue, to be looked at and to be taken over. The files are read with the
 * rights of whoever asked. For one thread.
 */
public final class QueueMail {
  private final QueueDirectory directory;
  private final Importer.Caller caller;
  private final Mailbox nobody;

  /**
   * The mail of a queue.
   *
   * @param caller reads the files
   * @param config says who gets what is for the empty address
   */
  public QueueMail(QueueDirectory directory, Importer.Caller caller, Config config) {
    this.directory = directory;
    this.caller = caller;
    this.nobody = nobody(config);
  }

  /** As empty_address_recipient has it; a value that names nobody is the default. */
  static Mailbox nobody(Config config) {
    String text = config.text("empty_address_recipient").strip();
    String origin = config.text("myorigin");
    int at = text.lastIndexOf('@');
    if (text.isEmpty() || at == 0) {
      return new Mailbox("MAILER-DAEMON", origin);
    }
    return at < 0
        ? new Mailbox(text, origin)
        : new Mailbox(text.substring(0, at), text.substring(at + 1)).qualified(origin);
  }

  /**
   * Reads what a file says beside the content. Whom Postfix gave up on, without having told the
   * sender yet, waits again: the next attempt tells.
   *
   * @throws dev.postrider.archive.BadExportException if it cannot be taken over, and why
   */
  public QueuedMessage read(QueueFile file) throws IOException {
    return caller.run(() ->
        QueueFileReader.read(file, RecipientLog.read(directory.recipientLog("bounce", file.id()))));
  }

  /** Whether Postfix still owes the sender a report about those who were served. */
  public boolean owesReport(QueueFile file) throws IOException {
    return caller.run(() -> Files.exists(directory.recipientLog("trace", file.id())));
  }

  /** The content, lines ended by LF. */
  public InputStream content(QueuedMessage message) throws IOException {
    return caller.run(() -> {
      PinnedFile file = QueueFileReader.open(message.file().path());
      return new QueueContent(file.channel(), message.contentOffset());
    });
  }

  /**
   * A message of a queue whose addresses and header are complete, which is every queue but the
   * maildrop.
   *
   * @param message one of {@link QueuedMessage#parts}
   * @param key in the journal
   */
  public ImportSource source(
      QueuedMessage message, String key, ImportJournal journal, Instant now) {
    return new Source(this, message, key, journal, now);
  }

  private record Source(
      QueueMail mail, QueuedMessage message, String key, ImportJournal journal, Instant now)
      implements ImportSource {
    @Override
    public ExportedMessage read() throws IOException {
      return mail.caller.run(() ->
          message.exported(
              mail.nobody,
              RecipientLog.read(mail.directory.recipientLog("defer", message.file().id())),
              now));
    }

    @Override
    public InputStream openContent() throws IOException {
      return mail.content(message);
    }

    @Override
    public void begin(QueueId id) throws IOException {
      journal.begin(key, id);
    }

    @Override
    public void cancel(QueueId id) throws IOException {
      journal.cancel(key, id);
    }

    @Override
    public void end(QueueId id) throws IOException {
      journal.end(key, id);
    }
  }

  /** A message of the maildrop as intake takes it: addresses and header are as they came. */
  public Submission submission(QueuedMessage message) throws IOException {
    Submitter owner = Submitter.of(message.owner());
    String fullName = message.fullName().isEmpty() ? owner.fullName() : message.fullName();
    return new Submission(
        message.envelope(nobody), new Origin.Local(owner.uid(), owner.login(), fullName), false);
  }

  /** Deletes a message from Postfix's queue, with what was noted about it. */
  public void delete(QueueFile file) throws IOException {
    caller.run(() -> {
      Files.delete(file.path());
      for (String kind : List.of("defer", "bounce", "trace")) {
        Files.deleteIfExists(directory.recipientLog(kind, file.id()));
      }
      return file;
    });
  }
}
