package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.envelope.Envelope;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A draft of a {@link SegmentSpool}. For one thread. */
final class SegmentDraft implements Draft {
  private final QueueId id;
  private final Instant arrival;
  private final Bodies bodies;
  private final LogWriter writer;
  private final Index index;
  private final DraftContent content;
  private @Nullable Entry entry;
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
    List<StoredMessage.Pending> all = new Progress().pending(envelope.recipients().size());
    store(envelope, arrival, null);
    return stored(envelope, new Carried(arrival, all, false, false, Set.of(), 0, arrival));
  }

  @Override
  public StoredMessage commit(Envelope envelope, Carried carried) throws IOException {
    Progress progress = Progress.of(carried.pending(), envelope.recipients().size());
    store(envelope, carried.arrival(), new MessageFields.Past(carried.standing(), progress));
    return stored(envelope, carried);
  }

  /**
   * Returns when it is stored.
   *
   * @param past null for a new message
   */
  private void store(Envelope envelope, Instant since, MessageFields.@Nullable Past past)
      throws IOException {
    if (begun || ended) {
      throw new IllegalStateException(id.shortForm() + " was committed or closed before");
    }
    begun = true;
    content.finish();
    MessageFields fields = new MessageFields(Micros.of(since), envelope, content.external(), past);
    Operation.Commit commit = prepare(fields);
    writer.await(commit);
    ended = true;
    Entry stored = commit.entry;
    if (stored == null) {
      throw new IllegalStateException("stored without an entry");
    }
    index.add(stored);
    entry = stored;
  }

  private StoredMessage stored(Envelope envelope, Carried carried) {
    Entry stored = entry;
    if (stored == null) {
      throw new IllegalStateException("not stored");
    }
    return new StoredMessage(
        id,
        carried.arrival(),
        envelope,
        carried.pending(),
        carried.held(),
        carried.expired(),
        carried.marks(),
        carried.attempts(),
        carried.nextAttempt(),
        content.size(),
        stored(stored));
  }

  private Operation.Commit prepare(MessageFields fields) throws IOException {
    Envelope envelope = fields.envelope();
    MessageFields.ExternalBody external = fields.body();
    byte[] meta = fields.encode();
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
    return new Operation.Commit(
        header,
        meta,
        content.bytes(),
        size,
        new Operation.Commit.Start(fields.arrivalMicros(), fields.beginning()));
  }

  private MessageContent stored(Entry stored) {
    MessageFields.ExternalBody external = content.external();
    return external == null
        ? new Contents.Recent(content.bytes(), new Contents.InSegment(stored))
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
