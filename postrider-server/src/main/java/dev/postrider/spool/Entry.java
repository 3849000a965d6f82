package dev.postrider.spool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the spool keeps in memory of one message: where it is, and what the scheduler asks. Under
 * 100 bytes, so that a million fit. All that changes is guarded by this object.
 */
final class Entry {
  final long id;
  final long size;
  final boolean external;
  final int recipients;
  final int metaLength;

  /** Where its MESSAGE record is; compaction moves it. Written by the writer only. */
  Segment home;

  int offset;

  @Nullable Segment state;
  int stateOffset;
  int stateLength;

  int pending;
  int attempts;
  long nextAttemptMicros;
  boolean held;
  boolean expired;

  /** Of {@link Mark}, a bit each. */
  int marks;

  /** Whether its MESSAGE record tells of a past in another queue. */
  boolean carried;

  boolean removed;

  /** Whether a removed message's place was given up. The writer's. */
  boolean homeReleased;

  /** Where a copy of it is that is not forced yet. The writer's. */
  @Nullable Segment copy;

  /** Complete when it is there; null when the STATE record (or nothing yet) says it all. */
  @Nullable Progress progress;

  Entry(long id, MessageSize message, Segment home, int offset, long nextAttemptMicros) {
    this.id = id;
    this.size = message.size();
    this.external = message.external();
    this.metaLength = message.metaLength();
    this.recipients = message.recipients();
    this.pending = message.recipients();
    this.home = home;
    this.offset = offset;
    this.nextAttemptMicros = nextAttemptMicros;
  }

  /** What never changes about a message's place. */
  record MessageSize(long size, boolean external, int metaLength, int recipients) {}

  int inlineLength() {
    return external ? 0 : (int) size;
  }

  /** What its MESSAGE record takes. */
  long messageBytes() {
    return RecordHeader.padded((long) RecordHeader.BYTES + metaLength + inlineLength());
  }

  /** What its latest STATE record takes, if there is one. */
  long stateBytes() {
    return stateBytes(stateLength);
  }

  static long stateBytes(int length) {
    return RecordHeader.padded((long) RecordHeader.BYTES + length);
  }

  Progress.Standing standing() {
    return new Progress.Standing(attempts, nextAttemptMicros, held, expired, marks);
  }

  /** The reverse of {@link #standing}. */
  void stand(Progress.Standing standing) {
    attempts = standing.attempts();
    nextAttemptMicros = standing.nextAttemptMicros();
    held = standing.held();
    expired = standing.expired();
    marks = standing.marks();
  }

  /** Takes what a message from another queue had behind it. */
  void begin(@Nullable Beginning beginning) {
    if (beginning != null) {
      carried = true;
      pending = recipients - beginning.done();
      stand(beginning.standing());
    }
  }

  /** The progress to change, read back if it is only on disk. Caller holds this object's lock. */
  Progress progressToChange() throws IOException {
    if (progress == null) {
      progress = storedProgress();
    }
    return progress;
  }

  /** The progress as it stands. Caller holds this object's lock. */
  Progress progressToRead() throws IOException {
    return progress == null ? storedProgress() : progress;
  }

  /**
   * Reads its MESSAGE record.
   *
   * @param contentLength how much of the content, from the first byte: all or nothing
   */
  Segment.Stored read(int contentLength) throws IOException {
    while (true) {
      Segment from;
      int at;
      synchronized (this) {
        from = home;
        at = offset;
      }
      try {
        return from.read(id, at, metaLength, contentLength);
      } catch (IOException e) {
        synchronized (this) {
          if (home == from && offset == at) {
            throw e;
          }
        }
        // Moved meanwhile, and the old segment is gone.
      }
    }
  }

  private Progress storedProgress() throws IOException {
    if (state != null) {
      return Progress.decode(state.read(id, stateOffset, stateLength, 0).meta(), recipients);
    }
    return carried ? MessageFields.decode(read(0).meta()).progress() : new Progress();
  }
}
