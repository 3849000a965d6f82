package dev.postrider.queue;

import java.util.Arrays;

/**
 * The recipients of one message that go to one destination, as far as no job has taken them.
 * Guarded by the scheduler's lock.
 */
final class Share {
  private final MessageAttempt attempt;
  private final Destination destination;
  private final int[] recipients;
  private int taken;

  Share(MessageAttempt attempt, Destination destination, int[] recipients) {
    this.attempt = attempt;
    this.destination = destination;
    this.recipients = recipients;
  }

  MessageAttempt attempt() {
    return attempt;
  }

  /** Whether this is the whole message and no job has any of it, so that it can start anew. */
  boolean isWholeMessage() {
    return taken == 0 && recipients.length == attempt.message.pending().size();
  }

  boolean isEmpty() {
    return taken == recipients.length;
  }

  /** Takes the next recipients, at most {@code limit}. */
  Job take(int limit) {
    int from = taken;
    taken = limit < recipients.length - from ? from + limit : recipients.length;
    boolean whole = from == 0 && taken == recipients.length;
    return new Job(
        attempt, destination, whole ? recipients : Arrays.copyOfRange(recipients, from, taken));
  }
}
