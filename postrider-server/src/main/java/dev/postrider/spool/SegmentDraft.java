package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.envelope.Envelope;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/** A draft of a {@link SegmentSpool}. For one thread. */
final class SegmentDraft implements Draft {
  private final QueueId id;
  private final Instant arrival;
  private final Bodies bodies;
  private final LogWriter writer;
  private final Index index;
  private final DraftContent content;
  private boolean begun;
  private boolean ended;

  SegmentDraft(QueueId id, Instant arrival, Parts parts) {
    this.id = id;
    this.arrival = Micros.instant(Micros.of(arrival));
    this.bodies = parts.bodies();
    this.writer = parts.writer();
    this.index = parts.index();
    this.content = new DraftContent(bodies, id.micros(), parts.inlineBytes());
  }

  /** What the spool lends to its drafts. */
  record Parts(Bodies bodies, LogWriter writer, Index index, int inlineBytes) {}

  @Override
  public QueueId id() {
    return id;
  }

  @Override
  public OutputStream content() {
    return content;
  }

  @Override
  public StoredMessage commit(Envelope envelope) throws IOException {
    if (begun || ended) {
      throw new IllegalStateException(id.shortForm() + " was committed or closed before");
    }
    begun = true;
    Operation.Commit commit = prepare(envelope);
    writer.await(commit);
    ended = true;
    Entry entry = commit.entry;
    if (entry == null) {
      throw new IllegalStateException("stored without an entry");
    }
    index.add(entry);
    return new StoredMessage(
        id,
        arrival,
        envelope,
        new Progress().pending(envelope.recipients().size()),
        false,
        false,
        java.util.Set.of(),
        0,
        arrival,
        content.size(),
        stored(entry));
  }

  private Operation.Commit prepare(Envelope envelope) throws IOException {
    content.finish();
    MessageFields.ExternalBody external = content.external();
    byte[] meta = new MessageFields(Micros.of(arrival), envelope, external).encode();
    if (meta.length > RecordHeader.MAX_META) {
      throw new IOException(
          id.shortForm()
              + ": "
              + envelope.recipients().size()
              + " recipients are too many to store");
    }
    int inline = external == null ? (int) content.size() : 0;
    RecordHeader header =
        new RecordHeader(
            RecordType.MESSAGE,
            id.micros(),
            meta.length,
            inline,
            RecordHeader.crc(meta, meta.length),
            external == null ? content.crc() : 0);
    Entry.MessageSize size =
        new Entry.MessageSize(
            content.size(), external != null, meta.length, envelope.recipients().size());
    return new Operation.Commit(header, meta, content.bytes(), size, Micros.of(arrival));
  }

  private MessageContent stored(Entry entry) {
    MessageFields.ExternalBody external = content.external();
    return external == null
        ? new Contents.Recent(content.bytes(), new Contents.InSegment(entry))
        : new Contents.InFile(bodies, id.micros(), external);
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      content.discard();
    }
  }
}
