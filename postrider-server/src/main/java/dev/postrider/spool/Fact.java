package dev.postrider.spool;

import dev.postrider.spool.Progress.Standing;
import org.jspecify.annotations.Nullable;

/** What recovery needs to know of one record: all but content, addresses and reasons. Immutable. */
sealed interface Fact {
  long id();

  /** A message, or the copy of one, at {@code offset}. */
  record Message(
      long id,
      int offset,
      Entry.MessageSize size,
      long arrivalMicros,
      @Nullable Beginning beginning)
      implements Fact {}

  /**
   * The latest word on a message; the record at {@code offset} has the rest of it.
   *
   * @param length of the meta part
   * @param done how many recipients need no further attempt
   * @param leastRecipients the message has at least so many, or this is not about it
   */
  record State(long id, int offset, int length, int done, int leastRecipients, Standing standing)
      implements Fact {}

  record Done(long id, long recipient) implements Fact {}

  record Held(long id, boolean held) implements Fact {}

  record Scheduled(long id, long nextAttemptMicros) implements Fact {}

  record Removed(long id) implements Fact {}

  /**
   * Takes it from the record itself.
   *
   * @throws BadRecordException if that makes no sense
   */
  static Fact of(RecordHeader header, int offset, byte[] meta) throws BadRecordException {
    long id = header.id();
    return switch (header.type()) {
      case MESSAGE -> message(header, offset, meta);
      case STATE -> {
        Progress.Extent extent = Progress.extent(meta);
        yield new State(
            id,
            offset,
            meta.length,
            extent.done(),
            extent.leastRecipients(),
            Progress.standing(meta));
      }
      case DONE -> new Done(id, Progress.index(meta));
      case HOLD -> new Held(id, true);
      case RELEASE -> new Held(id, false);
      case SCHEDULE -> new Scheduled(id, Progress.standing(meta).nextAttemptMicros());
      case REMOVE -> new Removed(id);
    };
  }

  private static Message message(RecordHeader header, int offset, byte[] meta)
      throws BadRecordException {
    MessageFields fields = MessageFields.decode(meta);
    MessageFields.ExternalBody body = fields.body();
    Entry.MessageSize size =
        new Entry.MessageSize(
            body == null ? header.contentLength() : body.size(),
            body != null,
            header.metaLength(),
            fields.envelope().recipients().size());
    return new Message(header.id(), offset, size, fields.arrivalMicros(), fields.beginning());
  }
}
