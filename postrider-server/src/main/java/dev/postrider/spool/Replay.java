package dev.postrider.spool;

import dev.postrider.log.MailLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies records to the index in the order they were written. For recovery's thread. */
final class Replay {
  private final SegmentDirectory segments;
  private final Index index;
  private final IdSource ids;
  private final MailLog log;
  private final List<Stray> strays = new ArrayList<>();
  private @Nullable Segment segment;

  Replay(SegmentDirectory segments, Index index, IdSource ids, MailLog log) {
    this.segments = segments;
    this.index = index;
    this.ids = ids;
    this.log = log;
  }

  void begin(Segment next) {
    segment = next;
    segments.add(next);
  }

  /**
   * Applies one record.
   *
   * @throws BadRecordException if it makes no sense; then nothing was changed
   */
  void record(RecordHeader header, int offset, byte[] meta) throws IOException {
    Segment here = segment;
    if (here == null) {
      throw new IllegalStateException("no segment");
    }
    ids.seen(header.id());
    if (header.type() == RecordType.MESSAGE) {
      message(here, header, offset, meta);
      return;
    }
    Entry entry = index.find(header.id());
    if (entry == null) {
      // Its message was removed, and its segment is deleted or said so before.
      return;
    }
    if (isIncrement(header.type()) && entry.home != here && entry.state != here) {
      // A power cut took the STATE before it and left this one, which nothing else keeps alive.
      here.live++;
      strays.add(new Stray(entry, here));
    }
    switch (header.type()) {
      case STATE -> state(here, entry, offset, meta);
      case DONE -> done(entry, Progress.index(meta));
      case HOLD -> entry.held = true;
      case RELEASE -> entry.held = false;
      case SCHEDULE -> entry.nextAttemptMicros = Progress.standing(meta).nextAttemptMicros();
      case REMOVE -> remove(here, entry);
      case MESSAGE -> throw new IllegalStateException("handled above");
    }
  }

  private static boolean isIncrement(RecordType type) {
    return switch (type) {
      case DONE, HOLD, RELEASE, SCHEDULE -> true;
      case MESSAGE, STATE, REMOVE -> false;
    };
  }

  /**
   * A message whose STATE has to be written anew: an increment stands in a segment that says
   * nothing else of it, or its MESSAGE was copied. Holds a place in the segment that may go then.
   */
  record Stray(Entry entry, Segment where) {}

  List<Stray> strays() {
    return strays;
  }

  private void message(Segment here, RecordHeader header, int offset, byte[] meta)
      throws BadRecordException {
    MessageFields fields = MessageFields.decode(meta);
    MessageFields.ExternalBody body = fields.body();
    Entry.MessageSize size =
        new Entry.MessageSize(
            body == null ? header.contentLength() : body.size(),
            body != null,
            header.metaLength(),
            fields.envelope().recipients().size());
    Entry known = index.find(header.id());
    if (known != null) {
      // The same message at a new place: its old segment was on its way out. It may go only when
      // a STATE stands behind the new place, for what stands before it would be met too early.
      strays.add(new Stray(known, known.home));
      segments.removedIn(known.home, here);
      known.home = here;
      known.offset = offset;
    } else {
      index.add(new Entry(header.id(), size, here, offset, fields.arrivalMicros()));
    }
    here.live++;
  }

  private void state(Segment here, Entry entry, int offset, byte[] meta) throws BadRecordException {
    Progress.Standing standing = Progress.standing(meta);
    Progress progress = Progress.decode(meta, entry.recipients);
    if (entry.state != null) {
      segments.release(entry.state);
    }
    here.live++;
    entry.state = here;
    entry.stateOffset = offset;
    entry.stateLength = meta.length;
    entry.attempts = standing.attempts();
    entry.nextAttemptMicros = standing.nextAttemptMicros();
    entry.held = standing.held();
    entry.expired = standing.expired();
    entry.pending = entry.recipients - progress.doneCount();
    entry.progress = null;
  }

  private void done(Entry entry, long recipient) throws IOException {
    if (recipient < 0 || recipient >= entry.recipients) {
      throw new BadRecordException("DONE of recipient " + recipient + " of " + entry.recipients);
    }
    Progress progress;
    try {
      synchronized (entry) {
        progress = entry.progressToChange();
      }
    } catch (IOException e) {
      log.warning("spool", "cannot read back what was done: " + e.getMessage());
      return;
    }
    if (progress.done((int) recipient)) {
      entry.pending--;
    }
  }

  private void remove(Segment here, Entry entry) {
    index.remove(entry);
    entry.removed = true;
    segments.release(entry.home);
    segments.removedIn(entry.home, here);
    if (entry.state != null) {
      segments.release(entry.state);
    }
  }
}
