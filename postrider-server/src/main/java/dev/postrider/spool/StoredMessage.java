package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A message in the queue as it stands: an immutable snapshot; the spool makes a new one at each
 * change.
 *
 * @param id its name
 * @param arrival when it was stored
 * @param envelope with all recipients it was stored with
 * @param pending per recipient still undelivered: the index into the envelope's list and its last
 *     delay
 * @param held whether an administrator holds it
 * @param expired whether an administrator ended its life: after one more attempt it goes back
 * @param marks what was noted of it on its way
 * @param attempts how many attempts were recorded
 * @param nextAttempt not before this; the arrival for a new message
 * @param size of the content in bytes
 * @param content readable as long as the message is not removed
 */
public record StoredMessage(
    QueueId id,
    Instant arrival,
    Envelope envelope,
    List<Pending> pending,
    boolean held,
    boolean expired,
    Set<Mark> marks,
    int attempts,
    Instant nextAttempt,
    long size,
    MessageContent content) {
  /**
   * A recipient who still waits.
   *
   * @param index into the envelope's recipients
   * @param reason of the last delay as the queue listing prints it; empty before the first attempt
   */
  public record Pending(int index, String reason) {}

  public StoredMessage {
    pending = List.copyOf(pending);
    marks = Set.copyOf(marks);
  }

  public Recipient recipient(Pending waiting) {
    return envelope.recipients().get(waiting.index());
  }

  /** The same message as if another had sent it: a report about it goes there. */
  public StoredMessage withSender(ReversePath sender) {
    return new StoredMessage(
        id,
        arrival,
        envelope.withSender(sender),
        pending,
        held,
        expired,
        marks,
        attempts,
        nextAttempt,
        size,
        content);
  }
}
