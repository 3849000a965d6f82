package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Parts;
import dev.postrider.event.Event;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Mark;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One attempt at one message: what became of its recipients so far. Safe on any thread. */
final class MessageAttempt {
  /**
   * A recipient and the last word about it.
   *
   * @param recipient its index in the envelope
   * @param part which of those that it stands for this is about, or null if it stands for itself
   * @param refusedToo what else is not going to be, when the recipient ends without having got rid
   *     of this
   */
  record Fate(
      int recipient, DeliveryStatus status, Parts.@Nullable Part part, List<Fate> refusedToo) {
    Fate(int recipient, DeliveryStatus status) {
      this(recipient, status, null, List.of());
    }

    static Fate of(int recipient, Parts.Part part) {
      return new Fate(recipient, part.status(), part, List.of());
    }
  }

  final Claim claim;
  final StoredMessage message;
  final String id;
  final Rules rules;

  /** See {@link Flow#nameOf}. */
  final String flow;

  /** How long the message took to get here. */
  final long waitedNanos;

  /** {@link System#nanoTime} at the start. */
  final long begun = System.nanoTime();

  private final List<Fate> refused = new ArrayList<>(0);
  private final List<Fate> delayed = new ArrayList<>(0);

  /** What the sender hears of beyond failures. */
  private final List<Fate> told = new ArrayList<>(0);

  /** Those whose address names another one, by their index in the envelope; mostly none. */
  private Map<Integer, Mailbox> redirected = Map.of();

  /** Destinations that were not reached. */
  private Set<DestinationKey> unreached = Set.of();

  private int undecided;
  private int unfinished;
  private boolean removed;
  private boolean announced;

  MessageAttempt(Claim claim, StoredMessage message, Rules rules, Duration waited) {
    this.claim = claim;
    this.message = message;
    this.id = message.id().print(rules.longIds);
    this.rules = rules;
    this.flow = Flow.nameOf(message.envelope().sender());
    this.waitedNanos = waited.toNanos();
    this.undecided = message.pending().size();
    this.unfinished = undecided;
  }

  /** Notes whom a recipient's mail is really for ({@code user%elsewhere@here}). */
  synchronized void redirect(int recipient, Mailbox mailbox) {
    if (redirected.isEmpty()) {
      redirected = new HashMap<>();
    }
    redirected.put(recipient, mailbox);
  }

  /** A recipient of the envelope, as it is delivered to. */
  synchronized Recipient recipient(int index) {
    Recipient recipient = message.envelope().recipients().get(index);
    Mailbox other = redirected.get(index);
    return other == null ? recipient : recipient.redirectedTo(other);
  }

  /**
   * Says in the log that the message is being worked on, once and before anything else is said. Not
   * when it was read: it may have to wait outside the active set once more.
   */
  synchronized void announce(MailLog log) {
    if (announced) {
      return;
    }
    announced = true;
    log.info(
        QueueManager.PROCESS,
        id
            + ": from=<"
            + message.envelope().sender().external()
            + ">, size="
            + message.size()
            + ", nrcpt="
            + message.pending().size()
            + " (queue active)");
  }

  /**
   * Notes that a recipient has the message.
   *
   * @return whether that was the last one, all have it, and nobody is to be told: the caller
   *     removes the message
   */
  synchronized boolean sent(int recipient, DeliveryStatus.Sent status) {
    undecided--;
    if (isTraced() || isReported(recipient, status)) {
      told.add(new Fate(recipient, status));
    }
    removed = undecided == 0 && refused.isEmpty() && delayed.isEmpty() && told.isEmpty();
    return removed;
  }

  /**
   * Notes why some recipients are deferred; {@link Destination#NONE} stands for a lack of a way.
   */
  synchronized void unreached(DestinationKey key) {
    if (unreached.isEmpty()) {
      unreached = Set.of(key);
    } else if (!unreached.contains(key)) {
      Set<DestinationKey> more = new HashSet<>(unreached);
      more.add(key);
      unreached = more;
    }
  }

  synchronized Set<DestinationKey> unreached() {
    return unreached;
  }

  synchronized void refused(Fate fate) {
    undecided--;
    refused.add(fate);
    if (isTraced()) {
      told.add(fate);
    }
  }

  synchronized void delayed(Fate fate) {
    undecided--;
    delayed.add(fate);
    if (isTraced()) {
      told.add(fate);
    }
  }

  /**
   * Notes what became of a recipient who stands for several.
   *
   * @return as {@link #sent}
   */
  synchronized boolean decided(int recipient, Parts parts) {
    undecided--;
    List<Fate> bad = parts.refused().stream().map(part -> Fate.of(recipient, part)).toList();
    if (isTraced()) {
      parts.list().forEach(part -> told.add(Fate.of(recipient, part)));
    }
    for (Parts.Part part : parts.list()) {
      if (part.status() instanceof DeliveryStatus.Deferred deferred) {
        delayed.add(new Fate(recipient, deferred, part, bad));
        return false;
      }
    }
    refused.addAll(bad);
    DeliveryStatus.Sent success = parts.success();
    if (!isTraced() && isReported(recipient, success)) {
      told.add(new Fate(recipient, success));
    }
    removed = undecided == 0 && refused.isEmpty() && delayed.isEmpty() && told.isEmpty();
    return removed;
  }

  /** Notes what a probe found about those that a recipient stands for. */
  synchronized void probed(int recipient, Parts parts) {
    undecided--;
    parts.list().forEach(part -> told.add(Fate.of(recipient, part)));
  }

  /** Notes what a probe found. */
  synchronized void probed(Fate fate) {
    undecided--;
    told.add(fate);
  }

  /** Whether nothing is delivered. */
  boolean isProbe() {
    return message.envelope().purpose() == Envelope.Purpose.PROBE;
  }

  /** Whether the sender wants to hear of this attempt at everybody: it is the first one. */
  boolean isTraced() {
    return message.envelope().purpose() == Envelope.Purpose.TRACED_DELIVERY
        && message.attempts() == 0;
  }

  private boolean isReported(int recipient, DeliveryStatus.Sent status) {
    DsnRequest request = message.envelope().recipients().get(recipient).dsn();
    if (request.wantsSuccess() && status.completion() != DeliveryStatus.Completion.PASSED_ON) {
      return true;
    }
    // The next server was not asked for this, so it does not matter whether it could report.
    return rules.confirmsDelayCleared
        && message.marks().contains(Mark.WARNED)
        && request.wantsDelay();
  }

  /**
   * Notes that jobs with {@code recipients} recipients have ended.
   *
   * @return whether no job is left, so that the caller ends the attempt
   */
  synchronized boolean finished(int recipients) {
    unfinished -= recipients;
    return unfinished == 0;
  }

  /** Tells how the message left the queue, if it was this attempt that ended it. */
  void end(boolean ended, Event.Ending how) {
    if (ended) {
      rules.setup.events().record(new Event.Ended(message.id(), how));
    }
  }

  synchronized boolean isRemoved() {
    return removed;
  }

  /** Whether some recipients were left without a word, because the daemon stops. */
  synchronized boolean isInterrupted() {
    return undecided > 0;
  }

  synchronized List<Fate> told() {
    return List.copyOf(told);
  }

  synchronized List<Fate> refused() {
    return List.copyOf(refused);
  }

  synchronized List<Fate> delayed() {
    return List.copyOf(delayed);
  }
}
