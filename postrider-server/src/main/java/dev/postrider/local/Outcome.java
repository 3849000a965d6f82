package dev.postrider.local;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.mail.reply.EnhancedStatusCode;

/** Makes statuses. Stateless. */
final class Outcome {
  private static final EnhancedStatusCode SENT = EnhancedStatusCode.of("2.0.0");
  private static final EnhancedStatusCode UNKNOWN = EnhancedStatusCode.of("4.3.0");

  private Outcome() {}

  static DeliveryStatus sent(String text, DeliveryStatus.Attempt attempt) {
    return new DeliveryStatus.Sent(SENT, text, attempt);
  }

  static DeliveryStatus deferred(String text, DeliveryStatus.Attempt attempt) {
    return new DeliveryStatus.Deferred(UNKNOWN, text, attempt);
  }
}
