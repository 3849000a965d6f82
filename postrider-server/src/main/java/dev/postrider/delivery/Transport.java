package dev.postrider.delivery;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;

/** Delivers messages one way: by SMTP, into mailboxes, … Safe on any thread. */
public interface Transport {
  /**
   * Tries to deliver and reports the fate of every recipient of {@code request} exactly once. A
   * recipient that was not reported, for whatever reason, counts as deferred; so does a thrown
   * exception.
   *
   * @throws InterruptedException when the daemon stops; the rest is tried after the next start
   */
  void deliver(DeliveryRequest request, StatusSink sink) throws InterruptedException;

  /**
   * Tells step by step what {@link #deliver} would do with a recipient, as far as that can be known
   * without delivering, and does nothing.
   *
   * @param nextHop where routing sends it
   */
  default Outlook explain(ReversePath sender, Mailbox recipient, NextHop nextHop, Trace trace)
      throws InterruptedException {
    return Outlook.DELIVERS;
  }

  /**
   * Finds out as far as possible what {@link #deliver} would do, and delivers nothing. Sent then
   * means that it would be.
   *
   * <p>A transport that has no way to find out says so.
   */
  default void probe(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    String transport = request.nextHop().transport();
    for (Recipient recipient : request.recipients()) {
      sink.report(
          recipient,
          new DeliveryStatus.Deferred(
              EnhancedStatusCode.of("4.3.0"),
              "transport " + transport + " cannot tell without delivering",
              DeliveryStatus.Attempt.here("error", "none")));
    }
  }
}
