package dev.postrider.queue;

import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.StoredMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One queued message as a listing shows it. Immutable.
 *
 * @param queue where Postfix would have it
 * @param expired whether an administrator ended its life
 * @param id as printed
 * @param arrival when it was stored
 * @param size of the content in bytes
 * @param sender internal form; empty for the null sender
 * @param recipients those who still wait
 */
public record QueueView(
    Queue queue,
    boolean expired,
    String id,
    Instant arrival,
    long size,
    String sender,
    List<WaitingRecipient> recipients) {
  /** Postfix's queues. */
  public enum Queue {
    /** Being delivered. */
    ACTIVE,
    /** Not tried yet. */
    INCOMING,
    /** Tried; waits for the next attempt. */
    DEFERRED,
    /** Held by an administrator. */
    HOLD;

    /** Postfix's name of it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A recipient who waits.
   *
   * @param original as first given, internal form; empty if that is the same
   * @param address where it goes now, internal form
   * @param reason of the last delay, empty if there was none
   */
  public record WaitingRecipient(String original, String address, String reason) {}

  public QueueView {
    recipients = List.copyOf(recipients);
  }

  /**
   * Shows a message; also without a queue manager, when the daemon is stopped.
   *
   * @param longIds enable_long_queue_ids
   */
  public static QueueView of(StoredMessage message, Queue queue, boolean longIds) {
    List<WaitingRecipient> waiting = new ArrayList<>(message.pending().size());
    for (StoredMessage.Pending each : message.pending()) {
      Recipient recipient = message.recipient(each);
      String address = recipient.mailbox().external();
      String original = recipient.original().external();
      waiting.add(
          new WaitingRecipient(original.equals(address) ? "" : original, address, each.reason()));
    }
    return new QueueView(
        queue,
        message.expired(),
        message.id().print(longIds),
        message.arrival(),
        message.size(),
        message.envelope().sender().external(),
        waiting);
  }
}
