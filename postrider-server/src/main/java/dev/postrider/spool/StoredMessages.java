package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes {@link StoredMessage}s out of what the index knows and the disk has. Any thread. */
final class StoredMessages {
  private final Index index;
  private final Bodies bodies;
  private final MailLog log;

  StoredMessages(Index index, Bodies bodies, MailLog log) {
    this.index = index;
    this.bodies = bodies;
    this.log = log;
  }

  Optional<StoredMessage> find(QueueId id) {
    Entry entry = index.find(id.micros());
    if (entry == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(entry));
    } catch (IOException e) {
      if (index.find(id.micros()) == null) {
        return Optional.empty();
      }
      throw new UncheckedIOException(id.shortForm() + ": cannot read it: " + e.getMessage(), e);
    }
  }

  Stream<StoredMessage> all() {
    return index.all().stream().<StoredMessage>mapMulti(this::readInto);
  }

  private void readInto(Entry entry, java.util.function.Consumer<StoredMessage> to) {
    if (index.find(entry.id) != entry) {
      return;
    }
    StoredMessage message;
    try {
      message = read(entry);
    } catch (IOException e) {
      if (index.find(entry.id) == entry) {
        log.error(
            "spool", new QueueId(entry.id).shortForm() + ": cannot read it: " + e.getMessage());
      }
      return;
    }
    to.accept(message);
  }

  Stream<SpoolView.Standing> standings() {
    return index.all().stream().map(StoredMessages::standing);
  }

  private static SpoolView.Standing standing(Entry entry) {
    synchronized (entry) {
      return new SpoolView.Standing(
          new QueueId(entry.id),
          Micros.instant(entry.nextAttemptMicros),
          entry.held,
          entry.attempts,
          entry.pending,
          entry.size,
          Mark.of(entry.marks));
    }
  }

  private StoredMessage read(Entry entry) throws IOException {
    MessageFields fields = MessageFields.decode(entry.read(0).meta());
    MessageFields.ExternalBody body = fields.body();
    MessageContent content =
        body == null ? new Contents.InSegment(entry) : new Contents.InFile(bodies, entry.id, body);
    synchronized (entry) {
      return new StoredMessage(
          new QueueId(entry.id),
          Micros.instant(fields.arrivalMicros()),
          fields.envelope(),
          entry.progressToRead().pending(entry.recipients),
          entry.held,
          entry.expired,
          Mark.of(entry.marks),
          entry.attempts,
          Micros.instant(entry.nextAttemptMicros),
          entry.size,
          content);
    }
  }
}
