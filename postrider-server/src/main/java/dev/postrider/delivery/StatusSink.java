package dev.postrider.delivery;

import dev.postrider.mail.envelope.Recipient;

/** Takes each recipient's fate the moment it is known, so that a crash repeats only the others. */
@FunctionalInterface
public interface StatusSink {
  void report(Recipient recipient, DeliveryStatus status);
}
