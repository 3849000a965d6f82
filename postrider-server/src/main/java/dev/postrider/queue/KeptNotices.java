package dev.postrider.queue;

import dev.postrider.bounce.NoticeOutcome;
import dev.postrider.event.Event;
import dev.postrider.event.Events;
import dev.postrider.log.MailLog;
import dev.postrider.spool.Mark;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Messages that ended a chain of notices: held, with their reasons, until somebody looks at them.
 * Their number is limited, because forged senders can make any number of them; the oldest goes
 * first. Safe on any thread.
 */
final class KeptNotices {
  private static final String PROCESS = "bounce";

  private final Spool spool;
  private final MailLog log;

  /** Read from the spool when first needed; those since deleted or released are dropped later. */
  private @Nullable NavigableSet<QueueId> known;

  KeptNotices(Spool spool, MailLog log) {
    this.spool = spool;
    this.log = log;
  }

  /**
   * Holds a message that no attempt is under way for any more.
   *
   * @param id as the log has it
   * @param reasons why each of its last recipients did not get it
   * @param events is told of it, and of a message that has to go for it
   */
  synchronized void keep(
      StoredMessage message,
      String id,
      NoticeOutcome.Keep keep,
      List<StoredMessage.Pending> reasons,
      Instant now,
      Events events) {
    NavigableSet<QueueId> all = all();
    spool.mark(message.id(), Mark.KEPT_NOTICE);
    spool.defer(message.id(), reasons, now);
    spool.hold(message.id(), true);
    events.record(new Event.Changed(message.id(), Event.Change.HELD, PROCESS));
    all.add(message.id());
    log.warning(
        PROCESS,
        "%1$s: %2$s kept on hold: see it with \"postcat -q %1$s\", delete it with \"postsuper -d %1$s\", or try it again with \"postsuper -H %1$s\""
            .formatted(id, keep.what()));
    if (all.size() > keep.most()) {
      all.removeIf(each -> !isKept(each));
    }
    while (all.size() > keep.most()) {
      QueueId oldest = all.removeFirst();
      boolean longIds = id.equals(message.id().longForm());
      if (spool.remove(oldest)) {
        events.record(new Event.Ended(oldest, Event.Ending.DELETED, PROCESS));
      }
      log.warning(
          PROCESS,
          oldest.print(longIds)
              + ": the oldest kept notification discarded: postrider_kept_notices = "
              + keep.most()
              + " are kept");
    }
  }

  private NavigableSet<QueueId> all() {
    NavigableSet<QueueId> all = known;
    if (all == null) {
      all = new TreeSet<>();
      try (Stream<SpoolView.Standing> standings = spool.standings()) {
        standings
            .filter(each -> each.held() && each.marks().contains(Mark.KEPT_NOTICE))
            .map(SpoolView.Standing::id)
            .forEach(all::add);
      }
      known = all;
    }
    return all;
  }

  private boolean isKept(QueueId id) {
    Optional<StoredMessage> message = spool.find(id);
    return message.isPresent()
        && message.get().held()
        && message.get().marks().contains(Mark.KEPT_NOTICE);
  }
}
