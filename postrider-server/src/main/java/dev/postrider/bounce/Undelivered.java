package dev.postrider.bounce;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.failure.Advice;
import dev.postrider.mail.dsn.Action;
import dev.postrider.mail.dsn.RecipientReport;
import dev.postrider.mail.envelope.Recipient;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        status.attempt().diagnostic(),
        words(status.advice()));
  }

  private static List<String> words(@Nullable Advice advice) {
    return advice == null
        ? List.of()
        : List.of(
            "What happened: " + advice.what(),
            "Who must act: " + advice.who().person(),
            "What to do: " + advice.remedy());
  }
}
