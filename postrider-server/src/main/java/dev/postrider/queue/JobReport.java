package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Parts;
import dev.postrider.delivery.Retry;
import dev.postrider.delivery.StatusSink;
import dev.postrider.event.Event;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Spool;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fates of one job's recipients: logs each, and tells the spool at once of those who have
 * the message, so that a crash repeats only the others. Safe on any thread.
 */
final class JobReport implements StatusSink {
  private final Job job;
  private final Spool spool;
  private final MailLog log;
  private final int resolution;
  private final boolean softBounce;
  private final long begun = System.nanoTime();
  private final boolean[] decided;
  private int undecided;
  private DeliveryStatus.@Nullable Deferred failure;
  private boolean reached;
  private boolean throttled;

  JobReport(Job job, Spool spool, MailLog log) {
    this.job = job;
    this.spool = spool;
    this.log = log;
    this.resolution = job.attempt().rules.delayResolution;
    this.softBounce = job.attempt().rules.softBounce;
    this.decided = new boolean[job.recipients().length];
    this.undecided = decided.length;
  }

  @Override
  public void report(Recipient recipient, DeliveryStatus status) {
    int slot = takeOnce(recipient, status.text());
    if (slot >= 0) {
      decide(job.recipients()[slot], recipient, status);
    }
  }

  @Override
  public void report(Recipient recipient, Parts parts) {
    int slot = takeOnce(recipient, parts.success().text());
    if (slot >= 0) {
      decide(job.recipients()[slot], parts);
    }
  }

  private int takeOnce(Recipient recipient, String text) {
    int slot = take(recipient);
    if (slot < 0) {
      log.bug(
          "qmgr",
          job.attempt().id + ": reported twice: " + recipient.mailbox().external(),
          new IllegalStateException(text));
    }
    return slot;
  }

  /** Gives everybody who was not reported the same fate. */
  void reportRest(DeliveryStatus status) {
    for (int slot = 0; slot < decided.length; slot++) {
      if (take(slot)) {
        int index = job.recipients()[slot];
        decide(index, job.attempt().recipient(index), status);
      }
    }
  }

  private synchronized boolean take(int slot) {
    if (decided[slot]) {
      return false;
    }
    decided[slot] = true;
    undecided--;
    return true;
  }

  /** Finds the recipient among those without a word; equal recipients are told apart by turn. */
  private synchronized int take(Recipient recipient) {
    for (int slot = 0; slot < decided.length; slot++) {
      if (!decided[slot] && job.attempt().recipient(job.recipients()[slot]).equals(recipient)) {
        decided[slot] = true;
        undecided--;
        return slot;
      }
    }
    return -1;
  }

  private void decide(int index, Recipient recipient, DeliveryStatus status) {
    MessageAttempt attempt = job.attempt();
    if (attempt.isProbe()) {
      decideProbe(index, recipient, status);
      return;
    }
    switch (status) {
      case DeliveryStatus.Sent sent -> {
        reached();
        line(index, recipient, sent, null);
        if (attempt.sent(index, sent)) {
          attempt.end(spool.remove(attempt.message.id()), Event.Ending.DELIVERED);
          log.info("qmgr", attempt.id + ": removed");
        } else {
          spool.done(attempt.message.id(), index);
        }
      }
      case DeliveryStatus.Deferred deferred -> {
        if (!Reach.isFailure(deferred)) {
          reached();
        } else if (!(deferred.retry() instanceof Retry.Parked)) {
          failed(deferred);
        }
        if (deferred.retry() instanceof Retry.Slower) {
          throttled();
        }
        line(index, recipient, deferred, null);
        attempt.delayed(new MessageAttempt.Fate(index, deferred));
      }
      case DeliveryStatus.Bounced bounced -> {
        reached();
        if (softBounce) {
          DeliveryStatus.Deferred soft = softened(bounced);
          line(index, recipient, soft, "SOFTBOUNCE");
          attempt.delayed(new MessageAttempt.Fate(index, soft));
        } else {
          line(index, recipient, bounced, null);
          attempt.refused(new MessageAttempt.Fate(index, bounced));
        }
      }
    }
  }

  /** A recipient who stands for several has a line for each; it is done when nobody waits. */
  private void decide(int index, Parts found) {
    MessageAttempt attempt = job.attempt();
    reached();
    if (attempt.isProbe()) {
      for (Parts.Part part : found.list()) {
        boolean good = part.status() instanceof DeliveryStatus.Sent;
        line(index, part.recipient(), part.status(), good ? "deliverable" : "undeliverable");
      }
      attempt.probed(index, found);
      return;
    }
    Parts parts = softBounce ? softened(found) : found;
    for (int i = 0; i < parts.list().size(); i++) {
      Parts.Part part = parts.list().get(i);
      boolean soft = softBounce && found.list().get(i).status() instanceof DeliveryStatus.Bounced;
      line(index, part.recipient(), part.status(), soft ? "SOFTBOUNCE" : null);
    }
    boolean last = attempt.decided(index, parts);
    if (last) {
      attempt.end(spool.remove(attempt.message.id()), Event.Ending.DELIVERED);
      log.info("qmgr", attempt.id + ": removed");
    } else if (parts.waiting() == null && parts.refused().isEmpty()) {
      spool.done(attempt.message.id(), index);
    }
  }

  private static Parts softened(Parts parts) {
    List<Parts.Part> softer = new ArrayList<>(parts.list().size());
    for (Parts.Part part : parts.list()) {
      softer.add(
          part.status() instanceof DeliveryStatus.Bounced bounced
              ? new Parts.Part(part.recipient(), softened(bounced), part.owner())
              : part);
    }
    return new Parts(softer, parts.completion());
  }

  private static DeliveryStatus.Deferred softened(DeliveryStatus.Bounced bounced) {
    return new DeliveryStatus.Deferred(
        bounced.code().withClass(4), bounced.text(), bounced.attempt());
  }

  /** Nothing is recorded: a probe that is cut short is repeated as a whole. */
  private void decideProbe(int index, Recipient recipient, DeliveryStatus status) {
    if (status instanceof DeliveryStatus.Deferred deferred && Reach.isFailure(deferred)) {
      failed(deferred);
    } else {
      reached();
    }
    line(
        index,
        recipient,
        status,
        status instanceof DeliveryStatus.Sent ? "deliverable" : "undeliverable");
    job.attempt().probed(new MessageAttempt.Fate(index, status));
  }

  private void line(int index, Recipient recipient, DeliveryStatus status, @Nullable String word) {
    long now = System.nanoTime();
    log.info(
        status.attempt().process(),
        DeliveryLine.of(job.attempt(), recipient, status, word, begun, now, resolution));
    job.attempt()
        .rules
        .setup
        .events()
        .record(DeliveryLine.event(job.attempt(), index, status, word, now));
  }

  private synchronized void reached() {
    reached = true;
  }

  private synchronized void throttled() {
    throttled = true;
  }

  private synchronized void failed(DeliveryStatus.Deferred cause) {
    failure = cause;
  }

  synchronized boolean isComplete() {
    return undecided == 0;
  }

  /** What the fates so far say of the destination. */
  synchronized JobResult result() {
    if (throttled) {
      return new JobResult.Throttled();
    }
    if (reached) {
      return new JobResult.Reached();
    }
    return failure == null ? new JobResult.Unknown() : new JobResult.NotReached(failure);
  }
}
