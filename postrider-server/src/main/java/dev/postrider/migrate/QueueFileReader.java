package dev.postrider.migrate;

import dev.postrider.archive.BadExportException;
import dev.postrider.io.FileFacts;
import dev.postrider.io.PinnedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads the envelope of a file of Postfix's queue, of the maildrop or of any other queue. For one
 * file.
 */
final class QueueFileReader {
  private static final int COMPLETE = 0100;
  private static final int UTF8_REQUESTED = 1;

  private final QueueFile file;
  private final FileFacts facts;
  private final RecordReader records;
  private final QueueAttributes attributes = new QueueAttributes();
  private final RecipientRecords recipients = new RecipientRecords();

  private @Nullable Instant arrival;
  private @Nullable String sender;
  private String fullName = "";
  private String filter = "";
  private String verp = "";
  private String redirect = "";
  private boolean warned;
  private long dataSize;
  private long dataOffset;
  private int utf8Flags;
  private long contentOffset = -1;

  private QueueFileReader(QueueFile file, FileFacts facts, FileChannel channel) {
    this.file = file;
    this.facts = facts;
    this.records = new RecordReader(channel);
  }

  /**
   * Reads it, through no symbolic link.
   *
   * @param bounces of whom Postfix gave up on without having told the sender
   * @throws BadExportException if it is no whole message, and why
   * @throws IOException if it cannot be opened or read
   */
  static QueuedMessage read(QueueFile file, RecipientLog bounces) throws IOException {
    try (PinnedFile pinned = open(file.path())) {
      FileFacts facts = pinned.facts();
      if ((facts.mode() & COMPLETE) == 0) {
        // Whoever handed it over was never told that it was accepted.
        throw new BadExportException(
            "was not handed over completely: the program that sent it ended before (nothing to do"
                + " if it sent the message again; Postfix deletes such files)");
      }
      return new QueueFileReader(file, facts, pinned.channel()).message(bounces);
    }
  }

  static PinnedFile open(Path path) throws IOException {
    try {
      return PinnedFile.open(path);
    } catch (java.nio.file.NoSuchFileException | java.nio.file.AccessDeniedException e) {
      throw e;
    } catch (java.nio.file.FileSystemException e) {
      throw new BadExportException(
          "is no message of Postfix: " + e.getReason() + " (move it away)");
    }
  }

  private QueuedMessage message(RecipientLog bounces) throws IOException {
    while (true) {
      QueueRecord record = records.next();
      if (record == null) {
        throw RecordReader.damaged(records.position(), "it has no end");
      }
      if (record.type() == QueueRecord.END) {
        break;
      }
      if (record.type() == QueueRecord.MESSAGE) {
        skipContent();
      } else {
        take(record);
      }
    }
    QueuedMessage message = finished().withUntold(bounces);
    return redirect.isEmpty() ? message : message.redirectedTo(redirect);
  }

  /** Behind the content there may be more of the envelope. */
  private void skipContent() throws IOException {
    contentOffset = records.position();
    if (dataOffset > 0) {
      records.seek(dataOffset + dataSize);
      QueueRecord end = records.next();
      if (end == null || end.type() != QueueRecord.EXTRACTED) {
        throw RecordReader.damaged(records.position(), "the message does not end where it should");
      }
      contentOffset = dataOffset;
      return;
    }
    QueueRecord record = records.next();
    while (record != null && record.type() != QueueRecord.EXTRACTED) {
      record = records.next();
    }
    if (record == null) {
      throw RecordReader.damaged(records.position(), "the message has no end");
    }
  }

  private void take(QueueRecord record) throws BadExportException {
    switch (record.type()) {
      case QueueRecord.SIZE -> size(record);
      case QueueRecord.TIME -> arrival = arrival == null ? time(record) : arrival;
      case QueueRecord.FROM -> sender = sender == null ? record.text() : sender;
      case QueueRecord.FULL_NAME -> fullName = fullName.isEmpty() ? record.text() : fullName;
      case QueueRecord.INSPECTOR, QueueRecord.CONTINUED -> filter = record.text();
      case QueueRecord.REDIRECT -> redirect = record.text();
      case QueueRecord.VERP -> verp = record.text();
      // A time before the epoch says that the warning was sent.
      case QueueRecord.WARNING -> warned = record.text().strip().startsWith("-");
      case QueueRecord.RECIPIENT, QueueRecord.DONE, QueueRecord.CANCELED ->
          recipients.recipient(record);
      case QueueRecord.ORIGINAL -> recipients.original(record.text());
      case QueueRecord.ATTRIBUTE -> attribute(record);
      case QueueRecord.DSN_RETURN -> attributes.put(QueueAttributes.RETURN, record.text());
      case QueueRecord.DSN_ENVELOPE_ID ->
          attributes.put(QueueAttributes.ENVELOPE_ID, record.text());
      case QueueRecord.DSN_ORIGINAL -> recipients.dsnOriginal(record.text());
      case QueueRecord.DSN_NOTIFY -> recipients.notify(record.text());
      case QueueRecord.CREATE_TIME -> attributes.put(QueueAttributes.CREATE_TIME, record.text());
      case QueueRecord.KILLED, 'r', 'e', 'P', 'f', 'd', 'm' -> {}
      default ->
          throw RecordReader.damaged(
              record.offset(), "a record '" + record.type() + "' stands in the envelope");
    }
  }

  private void size(QueueRecord record) throws BadExportException {
    String[] fields = record.text().strip().split("\\s+");
    try {
      dataSize = Long.parseLong(fields[0]);
      dataOffset = fields.length > 1 ? Long.parseLong(fields[1]) : 0;
      utf8Flags = fields.length > 5 ? Integer.parseInt(fields[5]) : 0;
    } catch (NumberFormatException _) {
      throw RecordReader.damaged(record.offset(), "the sizes in its first record are none");
    }
    if (dataSize < 0 || dataOffset < 0 || dataSize > facts.size() || dataOffset > facts.size()) {
      throw RecordReader.damaged(record.offset(), "the sizes in its first record do not fit");
    }
  }

  private static Instant time(QueueRecord record) throws BadExportException {
    String[] fields = record.text().strip().split("\\s+");
    try {
      long micros = fields.length > 1 ? Long.parseLong(fields[1]) : 0;
      return Instant.ofEpochSecond(seconds(fields[0]), Math.clamp(micros, 0L, 999_999L) * 1_000);
    } catch (NumberFormatException _) {
      throw RecordReader.damaged(record.offset(), "its time is none");
    }
  }

  /** Within what a queue can be: a number that overflows must not stop an import. */
  private static long seconds(String text) {
    return Math.clamp(Long.parseLong(text.strip()), 0, 7_000_000_000L);
  }

  private void attribute(QueueRecord record) throws BadExportException {
    String text = record.text();
    int equal = text.indexOf('=');
    if (equal < 0) {
      throw RecordReader.damaged(record.offset(), "an attribute has no value");
    }
    String name = text.substring(0, equal).strip();
    String value = text.substring(equal + 1).strip();
    switch (name) {
      case "dsn_orig_rcpt" -> recipients.dsnOriginal(value);
      case "notify_flags" -> recipients.notify(value);
      default -> attributes.put(name, value);
    }
  }

  private QueuedMessage finished() throws BadExportException {
    String from = sender;
    if (from == null) {
      throw new BadExportException("has no sender record (\"postcat FILE\" shows it)");
    }
    if (contentOffset < 0) {
      throw new BadExportException("has no content (\"postcat FILE\" shows it)");
    }
    Instant arrived = arrival == null ? facts.modified() : arrival;
    String created = attributes.created();
    return new QueuedMessage(
        file,
        facts.uid(),
        facts.modified(),
        arrived,
        created.isEmpty() ? arrived : Instant.ofEpochSecond(seconds(created)),
        from,
        fullName,
        recipients.all(),
        attributes.bodyType(),
        (utf8Flags & UTF8_REQUESTED) != 0,
        attributes.returnContent(),
        attributes.envelopeId(),
        attributes.purpose(),
        attributes.isAddressProbe(),
        warned,
        filter,
        verp.length() == 2 ? verp : "",
        attributes.client(),
        contentOffset);
  }
}
