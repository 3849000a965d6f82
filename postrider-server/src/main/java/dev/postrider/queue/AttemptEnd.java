package dev.postrider.queue;

import dev.postrider.bounce.BounceNotifier;
import dev.postrider.bounce.NoticeOutcome;
import dev.postrider.bounce.RecipientFate;
import dev.postrider.bounce.Undelivered;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Parts;
import dev.postrider.event.Event;
import dev.postrider.failure.Advice;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Mark;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What follows an attempt: the sender is told of the refused, the rest waits, or grows too old and
 * is reported as well, or nobody is left and the message goes. Safe on any thread.
 */
final class AttemptEnd {
  private static final String FORCED = "force-expired";
  private static final String EXPIRED = "expired";

  /**
   * What nobody tried for as long as that gets another attempt before its age counts: the machine
   * was off, or its clock is wrong.
   */
  private static final Duration MOST_NEGLECT = Duration.ofDays(1);

  private final Spool spool;
  private final MailLog log;
  private final InstantSource clock;
  private final Timeline time;
  private final KeptNotices kept;
  private final Parked parked;

  /**
   * @param parked hears of messages that wait for people
   */
  AttemptEnd(Spool spool, MailLog log, InstantSource clock, Timeline time, Parked parked) {
    this.spool = spool;
    this.log = log;
    this.clock = clock;
    this.time = time;
    this.kept = new KeptNotices(spool, log);
    this.parked = parked;
  }

  /**
   * Settles an attempt whose jobs have all ended.
   *
   * @return when the next one is, by steady time, or null if there is none or the spool decides
   */
  @Nullable Instant settle(MessageAttempt attempt) {
    StoredMessage message = attempt.message;
    if (attempt.isRemoved()) {
      return null;
    }
    if (attempt.isProbe()) {
      return settleProbe(attempt);
    }
    List<MessageAttempt.Fate> refused = new ArrayList<>(attempt.refused());
    List<MessageAttempt.Fate> delayed = new ArrayList<>(attempt.delayed());
    RetrySchedule schedule = attempt.rules.schedule;
    Duration age = time.since(message.arrival());
    ReversePath sender = message.envelope().sender();
    boolean stayed = attempt.isInterrupted() || attempt.claim.isWithdrawn();

    String expiry =
        delayed.isEmpty() || stayed ? "" : expiry(message, attempt.rules.longIds, age, schedule);
    if (expiry.equals(EXPIRED) && !sender.isNull() && Pace.of(delayed).endless()) {
      // Its sender could do nothing about it, and who can was told.
      expiry = "";
    }
    if (!expiry.isEmpty()) {
      log.info(
          QueueManager.PROCESS,
          attempt.id
              + ": from=<"
              + sender.external()
              + ">, status="
              + expiry
              + ", returned to sender");
      for (MessageAttempt.Fate each : delayed) {
        refused.add(each);
        refused.addAll(each.refusedToo());
      }
      delayed.clear();
    }
    boolean kept =
        !refused.isEmpty()
            && spool.find(message.id()).isPresent()
            && report(attempt, refused, delayed, new Ending(stayed, expiry, clock.instant()));
    tell(attempt);
    if (kept) {
      return null;
    }
    if (stayed) {
      return again(attempt);
    }
    if (delayed.isEmpty()) {
      attempt.end(
          spool.remove(message.id()),
          refused.isEmpty() ? Event.Ending.DELIVERED : Event.Ending.RETURNED);
      log.info(QueueManager.PROCESS, attempt.id + ": removed");
      return null;
    }
    Pace pace = Pace.of(delayed);
    if (pace.onHold()) {
      holdForRemedy(attempt, delayed);
      return null;
    }
    Duration own = pace.own();
    Instant next = defer(attempt, delayed, time.now().plus(own == null ? schedule.wait(age) : own));
    if (pace.parked()) {
      parked.waits(message.id());
    }
    warn(attempt, schedule, age, delayed);
    return next;
  }

  /** Nothing is tried until the setting that is at fault changes, or somebody releases it. */
  private void holdForRemedy(MessageAttempt attempt, List<MessageAttempt.Fate> delayed) {
    StoredMessage message = attempt.message;
    spool.mark(message.id(), Mark.AWAITS_REMEDY);
    spool.defer(message.id(), reasons(delayed), clock.instant());
    spool.hold(message.id(), true);
    parked.held(message.id());
    attempt
        .rules
        .setup
        .events()
        .record(new Event.Changed(message.id(), Event.Change.HELD, QueueManager.PROCESS));
    log.info(
        QueueManager.PROCESS,
        attempt.id
            + ": kept on hold until a setting or table changes, or \"postsuper -H "
            + attempt.id
            + "\" releases it");
    DeliveryStatus why = delayed.getFirst().status();
    Advice advice = why.advice();
    if (advice != null) {
      attempt
          .rules
          .setup
          .notifier()
          .causes()
          .tell(
              advice.rule() + " " + server(why.attempt().relay()), attempt.id, advice, why.text());
    }
  }

  /** All addresses and ports of a server are one cause. */
  private static String server(String relay) {
    int bracket = relay.indexOf('[');
    return bracket < 0 ? relay : relay.substring(0, bracket);
  }

  /** Postfix's word for the end of a message's life, or empty while it lasts. */
  private String expiry(
      StoredMessage message, boolean longIds, Duration age, RetrySchedule schedule) {
    // It may have been ended while the attempt was running.
    if (message.expired() || spool.find(message.id()).map(StoredMessage::expired).orElse(false)) {
      return FORCED;
    }
    if (age.compareTo(schedule.lifetime(message.envelope().sender())) < 0) {
      return "";
    }
    Duration neglected =
        time.since(message.attempts() == 0 ? message.arrival() : message.nextAttempt());
    if (neglected.compareTo(MOST_NEGLECT) > 0) {
      log.info(
          QueueManager.PROCESS,
          message.id().print(longIds)
              + ": too old, but nobody tried it for "
              + neglected.toHours()
              + " hours: it is tried once more before it is returned");
      return "";
    }
    return EXPIRED;
  }

  /**
   * When a message is tried again that keeps recipients without a word: after the next start if the
   * daemon stops, and if it does not, because a bug of ours ended the attempt, before that.
   */
  private @Nullable Instant again(MessageAttempt attempt) {
    return attempt.claim.isWithdrawn() ? null : time.now().plus(attempt.rules.deadTime);
  }

  /** A probe ends when its report is stored; until then it is repeated. */
  private @Nullable Instant settleProbe(MessageAttempt attempt) {
    StoredMessage message = attempt.message;
    if (attempt.isInterrupted() || attempt.claim.isWithdrawn()) {
      return again(attempt);
    }
    List<MessageAttempt.Fate> found = attempt.told();
    switch (attempt.rules.setup.notifier().status(message, fates(attempt, found))) {
      // There is nothing to keep: a probe delivers nothing.
      case NoticeOutcome.Settled _, NoticeOutcome.Keep _ -> {
        attempt.end(spool.remove(message.id()), Event.Ending.PROBED);
        log.info(QueueManager.PROCESS, attempt.id + ": removed");
        return null;
      }
      case NoticeOutcome.NotStored(var reason) -> {
        log.warning(QueueManager.PROCESS, attempt.id + ": " + reason);
        Duration wait = attempt.rules.schedule.wait(time.since(message.arrival()));
        return defer(attempt, found, time.now().plus(wait));
      }
    }
  }

  /**
   * Sends the report that was asked for of everybody, or of successes. Best effort: repeating it
   * would mean to deliver again.
   */
  private void tell(MessageAttempt attempt) {
    StoredMessage message = attempt.message;
    List<MessageAttempt.Fate> told = attempt.told();
    if (told.isEmpty() || spool.find(message.id()).isEmpty()) {
      return;
    }
    BounceNotifier notifier = attempt.rules.setup.notifier();
    NoticeOutcome outcome =
        attempt.isTraced()
            ? notifier.status(message, fates(attempt, told))
            : notifier.succeeded(message, fates(attempt, told));
    if (outcome instanceof NoticeOutcome.NotStored(var reason)) {
      log.warning(
          QueueManager.PROCESS, attempt.id + ": no delivery status notification: " + reason);
    }
  }

  /** Takes and returns steady time; the spool gets the clock's. */
  private Instant defer(
      MessageAttempt attempt, List<MessageAttempt.Fate> delayed, Instant nextAttempt) {
    Instant next = Instant.ofEpochMilli(time.clockAt(nextAttempt).toEpochMilli());
    spool.defer(attempt.message.id(), reasons(delayed), next);
    attempt
        .rules
        .setup
        .events()
        .record(new Event.Deferred(attempt.message.id(), next.toEpochMilli()));
    return nextAttempt;
  }

  private static List<StoredMessage.Pending> reasons(List<MessageAttempt.Fate> fates) {
    List<StoredMessage.Pending> reasons = new ArrayList<>(fates.size());
    for (MessageAttempt.Fate each : fates) {
      reasons.add(new StoredMessage.Pending(each.recipient(), each.status().text()));
    }
    return reasons;
  }

  /**
   * How an attempt ends.
   *
   * @param stayed whether some recipients were left without a word
   * @param expiry Postfix's word for the end of the message's life, or empty
   * @param now when
   */
  private record Ending(boolean stayed, String expiry, Instant now) {}

  /**
   * Only who is accounted for in a stored notice is done; the others wait and are tried again.
   *
   * @return whether the message is held from now on, because nobody can be told
   */
  private boolean report(
      MessageAttempt attempt,
      List<MessageAttempt.Fate> refused,
      List<MessageAttempt.Fate> delayed,
      Ending ending) {
    StoredMessage message = attempt.message;
    List<MessageAttempt.Fate> owned = tellOwners(attempt, refused, delayed);
    List<MessageAttempt.Fate> all = new ArrayList<>(refused);
    refused.removeAll(owned);
    if (refused.isEmpty()) {
      attempt.rules.setup.events().record(new Event.Returned(message.id(), indexes(owned)));
      doneUnlessLast(attempt, owned, !delayed.isEmpty() || ending.stayed());
      return false;
    }
    switch (attempt.rules.setup.notifier().failed(message, undelivered(attempt, refused))) {
      case NoticeOutcome.Settled _ -> {
        attempt.rules.setup.events().record(new Event.Returned(message.id(), indexes(all)));
        doneUnlessLast(attempt, all, !delayed.isEmpty() || ending.stayed());
      }
      case NoticeOutcome.Keep keep -> {
        if (ending.expiry().equals(FORCED)) {
          log.info("bounce", attempt.id + ": " + keep.what() + " discarded: it was force-expired");
          attempt.rules.setup.events().record(new Event.Returned(message.id(), indexes(refused)));
        } else if (ending.stayed() || !delayed.isEmpty()) {
          // Held, it would keep it from those who may still get it: their end decides.
          delayed.addAll(refused);
        } else {
          kept.keep(
              message,
              attempt.id,
              keep,
              reasons(refused),
              ending.now(),
              attempt.rules.setup.events());
          return true;
        }
      }
      case NoticeOutcome.NotStored(var reason) -> {
        log.warning(QueueManager.PROCESS, attempt.id + ": " + reason);
        delayed.addAll(refused);
      }
    }
    return false;
  }

  /** The removal of the message ends the last ones. */
  private void doneUnlessLast(
      MessageAttempt attempt, List<MessageAttempt.Fate> refused, boolean othersWait) {
    if (othersWait) {
      indexes(refused).stream().forEach(index -> spool.done(attempt.message.id(), index));
    }
  }

  /**
   * Tells the owners of lists of what failed in their lists, which no sender can put right.
   *
   * @return those who are accounted for; whoever is not waits from now on
   */
  private List<MessageAttempt.Fate> tellOwners(
      MessageAttempt attempt,
      List<MessageAttempt.Fate> refused,
      List<MessageAttempt.Fate> delayed) {
    Map<Mailbox, List<MessageAttempt.Fate>> byOwner = new LinkedHashMap<>();
    for (MessageAttempt.Fate each : refused) {
      Parts.Part part = each.part();
      if (part != null && part.owner() != null) {
        byOwner.computeIfAbsent(part.owner(), _ -> new ArrayList<>()).add(each);
      }
    }
    List<MessageAttempt.Fate> settled = new ArrayList<>();
    byOwner.forEach((owner, fates) -> {
      StoredMessage asSent = attempt.message.withSender(ReversePath.of(owner));
      if (attempt.rules.setup.notifier().failed(asSent, undelivered(attempt, fates))
          instanceof NoticeOutcome.NotStored(var reason)) {
        log.warning(QueueManager.PROCESS, attempt.id + ": " + reason);
        refused.removeAll(fates);
        delayed.addAll(fates);
      } else {
        settled.addAll(fates);
      }
    });
    return settled;
  }

  private static BitSet indexes(List<MessageAttempt.Fate> fates) {
    BitSet indexes = new BitSet();
    fates.forEach(each -> indexes.set(each.recipient()));
    return indexes;
  }

  /** Once: the spool remembers it for as long as the message lives. */
  private void warn(
      MessageAttempt attempt,
      RetrySchedule schedule,
      Duration age,
      List<MessageAttempt.Fate> delayed) {
    StoredMessage message = attempt.message;
    if (!schedule.warns(age) || message.marks().contains(Mark.WARNED)) {
      return;
    }
    Duration left = schedule.lifetime(message.envelope().sender()).minus(age);
    // Past its time, it is tried once more.
    Instant until = clock.instant().plus(left.isNegative() ? schedule.longestWait() : left);
    attempt.rules.setup.notifier().delayed(message, undelivered(attempt, delayed), until);
    spool.mark(message.id(), Mark.WARNED);
  }

  private static Recipient recipient(MessageAttempt attempt, MessageAttempt.Fate fate) {
    Parts.Part part = fate.part();
    return part == null ? attempt.recipient(fate.recipient()) : part.recipient();
  }

  private static List<RecipientFate> fates(
      MessageAttempt attempt, List<MessageAttempt.Fate> fates) {
    List<RecipientFate> list = new ArrayList<>(fates.size());
    for (MessageAttempt.Fate each : fates) {
      list.add(new RecipientFate(recipient(attempt, each), each.status()));
    }
    return list;
  }

  private static List<Undelivered> undelivered(
      MessageAttempt attempt, List<MessageAttempt.Fate> fates) {
    List<Undelivered> list = new ArrayList<>(fates.size());
    for (MessageAttempt.Fate each : fates) {
      list.add(new Undelivered(recipient(attempt, each), each.status()));
    }
    return list;
  }
}
