package dev.postrider.spool;

import java.time.Instant;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the sound records of a spool, taken in order, say of one message that is damaged elsewhere.
 * For one thread.
 */
final class History {
  private final BodyFinds bodies;
  private boolean inQueue;
  private boolean removed;
  private Progress progress = new Progress();
  private Progress.@Nullable Standing standing;
  private boolean held;

  /**
   * Knows nothing yet.
   *
   * @param bodies tell whether a sound record has sound content
   */
  History(BodyFinds bodies) {
    this.bodies = bodies;
  }

  /**
   * Takes one record.
   *
   * @param recipients how many the message has, as far as is known
   */
  void note(RecordHeader header, byte[] meta, int recipients) {
    try {
      switch (header.type()) {
        case MESSAGE -> {
          MessageFields.ExternalBody body = MessageFields.decode(meta).body();
          inQueue = body == null || !bodies.isBad(header.id(), body);
        }
        case REMOVE -> {
          removed = true;
          inQueue = false;
        }
        case STATE -> {
          Progress.Standing now = Progress.standing(meta);
          standing = now;
          held = now.held();
          progress = Progress.decode(meta, recipients);
        }
        case DONE -> {
          long index = Progress.index(meta);
          if (index >= 0 && index < recipients) {
            boolean _ = progress.done((int) index);
          }
        }
        case HOLD -> held = true;
        case RELEASE -> held = false;
        case SCHEDULE -> {
          // When it was to be tried next does not matter any more.
        }
      }
    } catch (BadRecordException _) {
      // Of another message than what is left suggests: it has no say.
    }
  }

  /** The recipients who need no further attempt. */
  BitSet done(MessageFields fields) {
    int recipients = fields.envelope().recipients().size();
    BitSet done = done(progress, recipients);
    MessageFields.Past past = fields.past();
    if (past != null && standing == null) {
      done.or(done(past.progress(), recipients));
    }
    return done;
  }

  private static BitSet done(Progress progress, int recipients) {
    BitSet done = new BitSet(recipients);
    done.set(0, recipients);
    progress.pending(recipients).forEach(each -> done.clear(each.index()));
    return done;
  }

  /** How the message stood. */
  Remains.Standing standing(MessageFields fields, Instant arrival) {
    MessageFields.Past past = fields.past();
    Progress.@Nullable Standing last = standing;
    boolean isHeld = held;
    if (last == null && past != null) {
      last = past.standing();
      isHeld |= last.held();
    }
    return last == null
        ? new Remains.Standing(isHeld, false, 0, arrival)
        : new Remains.Standing(
            isHeld,
            last.expired(),
            Math.max(0, last.attempts()),
            Micros.instant(last.nextAttemptMicros()));
  }

  /**
   * What became of it.
   *
   * @param unfinished whether what was found is the end of a file that was being written
   */
  Remains.Trace trace(boolean unfinished) {
    if (inQueue) {
      return Remains.Trace.IN_QUEUE;
    }
    if (removed) {
      return Remains.Trace.REMOVED;
    }
    return unfinished ? Remains.Trace.UNFINISHED : Remains.Trace.LOST;
  }
}
