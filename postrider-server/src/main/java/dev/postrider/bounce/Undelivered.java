package dev.postrider.bounce;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.mail.dsn.Action;
import dev.postrider.mail.dsn.RecipientReport;
import dev.postrider.mail.envelope.Recipient;

/**
 * A recipient that did not get a message, and the last word about it. Immutable.
 *
 * @param recipient who
 * @param status a refusal, or the delay that lasted too long
 */
public record Undelivered(Recipient recipient, DeliveryStatus status) {
  RecipientReport report(Action action) {
    return new RecipientReport(
        recipient,
        action,
        status.code(),
        status.text(),
        status.attempt().remoteMta(),
        status.attempt().diagnostic());
  }
}
