package dev.postrider.delivery;

import dev.postrider.mail.envelope.Recipient;
import java.util.List;

/** Takes each recipient's fate the moment it is known, so that a crash repeats only the others. */
@FunctionalInterface
public interface StatusSink {
  void report(Recipient recipient, DeliveryStatus status);

  /**
   * Takes the fate of a recipient who stands for several, instead of the other method. Whoever is
   * not interested in each gets one word: the recipient waits if any of them does.
   */
  default void report(Recipient recipient, Parts parts) {
    DeliveryStatus.Deferred waiting = parts.waiting();
    List<Parts.Part> refused = parts.refused();
    if (waiting != null) {
      report(recipient, waiting);
    } else {
      report(recipient, refused.isEmpty() ? parts.success() : refused.getFirst().status());
    }
  }
}
