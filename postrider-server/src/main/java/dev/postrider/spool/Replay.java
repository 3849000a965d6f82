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
   * Applies what one record says.
   *
   * @throws BadRecordException if it makes no sense; then nothing was changed
   */
  void apply(Fact fact) throws BadRecordException {
    Segment here = segment;
    if (here == null) {
      throw new IllegalStateException("no segment");
    }
    ids.seen(fact.id());
    if (fact instanceof Fact.Message message) {
      message(here, message);
      return;
    }
    Entry entry = index.find(fact.id());
    if (entry == null) {
      // Its message was removed, and its segment is deleted or said so before.
      return;
    }
    if (isIncrement(fact) && entry.home != here && entry.state != here) {
      // A power cut took the STATE before it and left this one, which nothing else keeps alive.
      here.keep(0);
      strays.add(new Stray(entry, here, 0));
    }
    switch (fact) {
      case Fact.State state -> state(here, entry, state);
      case Fact.Done(_, var recipient) -> done(entry, recipient);
      case Fact.Held(_, var held) -> entry.held = held;
      case Fact.Scheduled(_, var next) -> entry.nextAttemptMicros = next;
      case Fact.Removed _ -> remove(here, entry);
      case Fact.Message _ -> throw new IllegalStateException("handled above");
    }
  }

  private static boolean isIncrement(Fact fact) {
    return switch (fact) {
      case Fact.Done _, Fact.Held _, Fact.Scheduled _ -> true;
      case Fact.Message _, Fact.State _, Fact.Removed _ -> false;
    };
  }

  /**
   * A message whose STATE has to be written anew: an increment stands in a segment that says
   * nothing else of it, or its MESSAGE was copied. Holds a place in the segment that may go then.
   */
  record Stray(Entry entry, Segment where, long bytes) {}

  List<Stray> strays() {
    return strays;
  }

  private void message(Segment here, Fact.Message message) {
    Entry entry = index.find(message.id());
    if (entry != null) {
      // The same message at a new place: its old segment was on its way out. It may go only when
      // a STATE stands behind the new place, for what stands before it would be met too early.
      strays.add(new Stray(entry, entry.home, entry.messageBytes()));
      segments.pin(entry.home, here);
      entry.home = here;
      entry.offset = message.offset();
    } else {
      entry =
          new Entry(message.id(), message.size(), here, message.offset(), message.arrivalMicros());
      entry.begin(message.beginning());
      index.add(entry);
    }
    here.keep(entry.messageBytes());
  }

  private void state(Segment here, Entry entry, Fact.State state) throws BadRecordException {
    if (state.leastRecipients() > entry.recipients) {
      throw new BadRecordException(
          "a word on recipient " + state.leastRecipients() + " of " + entry.recipients);
    }
    if (entry.state != null) {
      segments.release(entry.state, entry.stateBytes());
    }
    entry.state = here;
    entry.stateOffset = state.offset();
    entry.stateLength = state.length();
    here.keep(entry.stateBytes());
    entry.stand(state.standing());
    entry.pending = entry.recipients - state.done();
    entry.progress = null;
  }

  private void done(Entry entry, long recipient) throws BadRecordException {
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
    segments.release(entry.home, entry.messageBytes());
    segments.pin(entry.home, here);
    if (entry.state != null) {
      segments.release(entry.state, entry.stateBytes());
    }
  }
}
