package dev.postrider.route;

import dev.postrider.delivery.NextHop;
import dev.postrider.mail.reply.EnhancedStatusCode;

/** Where a recipient's mail goes next, or why it goes nowhere. */
public sealed interface Route {
  /** A transport takes it. */
  record To(NextHop nextHop) implements Route {}

  /** There is no such recipient here, and that is final: the sender is told. */
  record Refused(EnhancedStatusCode code, String text) implements Route {}

  /** Nobody can say now: the mail waits. */
  record Unknown(EnhancedStatusCode code, String text) implements Route {}
}
