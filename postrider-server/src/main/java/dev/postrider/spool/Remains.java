package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.envelope.Envelope;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;

/**
 * What is left of a message that damage took. Immutable.
 *
 * @param id its name
 * @param where the file and the bytes, for people
 * @param arrival when it was stored, as far as is known
 * @param envelope what could be read of it: perhaps no sender and no recipients
 * @param done recipients who need no further attempt, as far as the spool still says it
 * @param standing what else it says
 * @param content what there is, in one piece
 * @param faults what is missing or doubtful of envelope and content, a sentence each; empty if both
 *     are as they were stored
 * @param trace what the sound part of the spool says of it
 */
public record Remains(
    QueueId id,
    String where,
    Instant arrival,
    Envelope envelope,
    BitSet done,
    Standing standing,
    MessageContent content,
    List<String> faults,
    Trace trace) {
  /** How a message stood when that was last recorded legibly. */
  public record Standing(boolean held, boolean expired, int attempts, Instant nextAttempt) {}

  /** What the sound part of a spool says of a message. */
  public enum Trace {
    /** A sound copy is in the queue. */
    IN_QUEUE,
    /** It was removed: it had ended, or was taken out as damaged. */
    REMOVED,
    /** It was never wholly written: its sender was most likely told so. */
    UNFINISHED,
    /** Nothing: it was in the queue until it was damaged. */
    LOST
  }

  public Remains {
    done = (BitSet) done.clone();
    faults = List.copyOf(faults);
  }

  @Override
  public BitSet done() {
    return (BitSet) done.clone();
  }

  /** Whether envelope and content are as they were stored. */
  public boolean isWhole() {
    return faults.isEmpty();
  }
}
