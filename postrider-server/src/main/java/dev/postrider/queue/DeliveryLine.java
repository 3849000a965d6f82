package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.event.Event;
import dev.postrider.failure.Advice;
import dev.postrider.mail.envelope.Recipient;
import org.jspecify.annotations.Nullable;

/** Writes the log line of one recipient's fate, field for field as Postfix does. */
final class DeliveryLine {
  private DeliveryLine() {}

  /**
   * @param jobBegun when the transport got the job, {@link System#nanoTime}
   * @param now likewise
   * @param resolution delay_logging_resolution_limit
   */
  static String of(
      MessageAttempt attempt,
      Recipient recipient,
      DeliveryStatus status,
      @Nullable String word,
      long jobBegun,
      long now,
      int resolution) {
    DeliveryStatus.Attempt by = status.attempt();
    StringBuilder out = new StringBuilder(200);
    String to = recipient.mailbox().external();
    out.append(attempt.id).append(": to=<").append(to).append('>');
    String original = recipient.original().external();
    if (!original.equalsIgnoreCase(to)) {
      out.append(", orig_to=<").append(original).append('>');
    }
    out.append(", relay=").append(by.relay());
    if (by.connectionUses() > 1) {
      out.append(", conn_use=").append(by.connectionUses());
    }
    appendDelays(out, attempt, status, jobBegun, now, resolution);
    out.append(", dsn=").append(status.code());
    out.append(", status=").append(word == null ? word(status) : word);
    return out.append(" (").append(status.text()).append(')').toString();
  }

  /**
   * The same for the event log.
   *
   * @param index of the recipient in the envelope
   * @param now {@link System#nanoTime}
   */
  static Event.Attempt event(
      MessageAttempt attempt, int index, DeliveryStatus status, @Nullable String word, long now) {
    Recipient recipient = attempt.recipient(index);
    DeliveryStatus.Attempt by = status.attempt();
    // A bounce that soft_bounce turned into a delay is a delay, whatever its line calls it.
    boolean probed = word != null && attempt.isProbe();
    Advice advice = status.advice();
    return new Event.Attempt(
        attempt.message.id(),
        index,
        recipient.mailbox().external(),
        recipient.original().external(),
        probed ? String.valueOf(word) : word(status),
        by.process(),
        by.relay(),
        status.code().toString(),
        status.text(),
        (attempt.waitedNanos + now - attempt.begun) / 1_000_000,
        advice == null ? "" : advice.rule(),
        by.account(),
        by.insteadOf());
  }

  /** Before the queue, in it, until connected, and since. */
  private static void appendDelays(
      StringBuilder out,
      MessageAttempt attempt,
      DeliveryStatus status,
      long jobBegun,
      long now,
      int resolution) {
    long inQueue = jobBegun - attempt.begun;
    DeliveryStatus.Attempt by = status.attempt();
    long connecting =
        status instanceof DeliveryStatus.Deferred deferred && Reach.isFailure(deferred)
            ? now - jobBegun
            : Math.min(by.connected() - by.begun(), now - jobBegun);
    long transfer = now - jobBegun - connecting;
    out.append(", delay=");
    DelayFormat.append(out, attempt.waitedNanos + now - attempt.begun, resolution);
    out.append(", delays=");
    DelayFormat.append(out, attempt.waitedNanos, resolution);
    out.append('/');
    DelayFormat.append(out, inQueue, resolution);
    out.append('/');
    DelayFormat.append(out, connecting, resolution);
    out.append('/');
    DelayFormat.append(out, transfer, resolution);
  }

  private static String word(DeliveryStatus status) {
    return switch (status) {
      case DeliveryStatus.Sent _ -> "sent";
      case DeliveryStatus.Deferred _ -> "deferred";
      case DeliveryStatus.Bounced _ -> "bounced";
    };
  }
}
