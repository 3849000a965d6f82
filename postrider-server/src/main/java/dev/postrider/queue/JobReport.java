package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.StatusSink;
import dev.postrider.event.Event;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Spool;
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
    int slot = take(recipient);
    if (slot < 0) {
      log.bug(
          "qmgr",
          job.attempt().id + ": reported twice: " + recipient.mailbox().external(),
          new IllegalStateException(status.text()));
      return;
    }
    decide(job.recipients()[slot], recipient, status);
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
        if (Reach.isFailure(deferred)) {
          failed(deferred);
        } else {
          reached();
        }
        line(index, recipient, deferred, null);
        attempt.delayed(new MessageAttempt.Fate(index, deferred));
      }
      case DeliveryStatus.Bounced bounced -> {
        reached();
        if (softBounce) {
          DeliveryStatus.Deferred soft =
              new DeliveryStatus.Deferred(
                  bounced.code().withClass(4), bounced.text(), bounced.attempt());
          line(index, recipient, soft, "SOFTBOUNCE");
          attempt.delayed(new MessageAttempt.Fate(index, soft));
        } else {
          line(index, recipient, bounced, null);
          attempt.refused(new MessageAttempt.Fate(index, bounced));
        }
      }
    }
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

  private synchronized void failed(DeliveryStatus.Deferred cause) {
    failure = cause;
  }

  synchronized boolean isComplete() {
    return undecided == 0;
  }

  /** What the fates so far say of the destination. */
  synchronized JobResult result() {
    if (reached) {
      return new JobResult.Reached();
    }
    return failure == null ? new JobResult.Unknown() : new JobResult.NotReached(failure);
  }
}
