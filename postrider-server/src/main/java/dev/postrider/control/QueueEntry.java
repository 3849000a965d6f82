package dev.postrider.control;

import java.time.Instant;
import java.util.List;

/**
 * One message as a queue listing shows it. Immutable.
 *
 * @param queue Postfix's name of where it stands: maildrop, incoming, active, deferred or hold
 * @param expired whether an administrator ended its life
 * @param id the queue id in the form the configuration asks for
 * @param arrival when it was stored
 * @param size of the content in bytes
 * @param sender internal form, empty for the null sender
 * @param recipients those who still wait
 */
public record QueueEntry(
    String queue,
    boolean expired,
    String id,
    Instant arrival,
    long size,
    String sender,
    List<Waiting> recipients) {
  /**
   * A recipient who still waits.
   *
   * @param original as first given; empty when it is the same
   * @param address where it goes now
   * @param reason of the last delay; empty before the first attempt
   */
  public record Waiting(String original, String address, String reason) {}

  public QueueEntry {
    recipients = List.copyOf(recipients);
  }
}
