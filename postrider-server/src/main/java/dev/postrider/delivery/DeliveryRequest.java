package dev.postrider.delivery;

import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.time.Instant;
import java.util.List;

/**
 * One job for a transport: some recipients of one message, all with the same next hop. Immutable.
 *
 * @param queueId as printed in the log
 * @param arrival when the message was stored
 * @param envelope sender and options; its recipient list is the message's, not the job's
 * @param recipients the recipients of this job, at least one
 * @param nextHop where they go
 * @param content the message
 */
public record DeliveryRequest(
    String queueId,
    Instant arrival,
    Envelope envelope,
    List<Recipient> recipients,
    NextHop nextHop,
    MessageContent content) {
  public DeliveryRequest {
    recipients = List.copyOf(recipients);
  }
}
