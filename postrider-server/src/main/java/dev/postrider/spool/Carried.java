package dev.postrider.spool;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * How far a message had come in the queue that it is moved from. Immutable.
 *
 * @param arrival when it was stored first; that is what its age is reckoned from
 * @param pending the recipients who still wait; the others need no further attempt
 * @param held whether an administrator holds it
 * @param expired whether an administrator ended its life
 * @param marks what was noted of it
 * @param attempts how many were recorded, 0 or more
 * @param nextAttempt not before this
 */
public record Carried(
    Instant arrival,
    List<StoredMessage.Pending> pending,
    boolean held,
    boolean expired,
    Set<Mark> marks,
    int attempts,
    Instant nextAttempt) {
  public Carried {
    // As it comes back from the disk.
    arrival = Micros.instant(Micros.of(arrival));
    nextAttempt = Micros.instant(Micros.of(nextAttempt));
    pending = List.copyOf(pending);
    marks = Set.copyOf(marks);
    if (attempts < 0) {
      throw new IllegalArgumentException(attempts + " attempts");
    }
  }

  /** As a message stands. */
  public static Carried of(StoredMessage message) {
    return new Carried(
        message.arrival(),
        message.pending(),
        message.held(),
        message.expired(),
        message.marks(),
        message.attempts(),
        message.nextAttempt());
  }

  Progress.Standing standing() {
    int bits = 0;
    for (Mark mark : marks) {
      bits |= mark.bit();
    }
    return new Progress.Standing(attempts, Micros.of(nextAttempt), held, expired, bits);
  }
}
