package dev.postrider.bounce;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.mail.dsn.Action;
import dev.postrider.mail.dsn.RecipientReport;
import dev.postrider.mail.envelope.Recipient;

/**
 * A recipient and what became of it, or by a probe would become of it. Immutable.
 *
 * @param recipient who
 * @param status good or bad
 */
public record RecipientFate(Recipient recipient, DeliveryStatus status) {
  /** What a probe found. */
  RecipientReport probed() {
    return switch (status) {
      case DeliveryStatus.Sent _ -> report(Action.DELIVERABLE, status.text());
      case DeliveryStatus.Deferred _, DeliveryStatus.Bounced _ ->
          report(Action.UNDELIVERABLE, status.text());
    };
  }

  /** What an attempt led to. */
  RecipientReport traced() {
    return switch (status) {
      case DeliveryStatus.Sent sent ->
          report(
              switch (sent.completion()) {
                case DELIVERED -> Action.DELIVERED;
                case RELAYED, PASSED_ON, EXPANDED -> Action.RELAYED;
              },
              status.text());
      case DeliveryStatus.Deferred _ -> report(Action.DELAYED, status.text());
      case DeliveryStatus.Bounced _ -> report(Action.FAILED, status.text());
    };
  }

  /** A success as RFC 3461 §5.2 has it reported. */
  RecipientReport succeeded(DeliveryStatus.Sent sent) {
    return switch (sent.completion()) {
      case DELIVERED -> report(Action.DELIVERED, sent.text());
      case RELAYED, PASSED_ON -> report(Action.RELAYED, sent.text());
      case EXPANDED -> report(Action.EXPANDED, "alias expanded");
    };
  }

  /** With the way it went, which the log has in a field of its own. */
  private RecipientReport report(Action action, String text) {
    String relay = status.attempt().relay();
    return new RecipientReport(
        recipient,
        action,
        status.code(),
        relay.equals("none") ? text : "delivery via " + relay + ": " + text,
        status.attempt().remoteMta(),
        status.attempt().diagnostic());
  }
}
