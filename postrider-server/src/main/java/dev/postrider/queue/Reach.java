package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;

/** Tells a destination that was not reached from a recipient that was only put off. */
final class Reach {
  private Reach() {}

  /**
   * Whether no session came about: then the next message will hardly fare better. By the contract
   * of {@link DeliveryStatus.Attempt}, {@code connected} is then {@code begun}; so it is for
   * deliveries that need no other host, whose relay is their own name.
   */
  static boolean isFailure(DeliveryStatus.Deferred status) {
    DeliveryStatus.Attempt attempt = status.attempt();
    if (attempt.connected() != attempt.begun()) {
      return false;
    }
    String relay = attempt.relay();
    return relay.indexOf('[') >= 0
        || (relay.equals("none")
            && !attempt.process().endsWith("error")
            && !attempt.process().endsWith("retry"));
  }
}
