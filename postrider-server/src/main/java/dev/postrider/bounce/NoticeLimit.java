package dev.postrider.bounce;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many notices of a kind are made: whoever connects a million times must not fill a mailbox
 * with a million of them. Safe on any thread.
 */
final class NoticeLimit {
  /** For each kind of trouble. */
  static final int MOST_AN_HOUR = 20;

  private static final Duration SPAN = Duration.ofHours(1);

  /** Whether one more is made. */
  sealed interface Answer {
    /**
     * It is.
     *
     * @param leftOut how many were not made before this one
     */
    record Make(long leftOut) implements Answer {}

    /**
     * It is not.
     *
     * @param first whether it is the first that is not
     */
    record LeaveOut(boolean first) implements Answer {}
  }

  private static final class Count {
    private Instant begun;
    private int made;
    private long leftOut;

    Count(Instant begun) {
      this.begun = begun;
    }
  }

  private final Map<Trouble, Count> counts = new EnumMap<>(Trouble.class);

  synchronized Answer ask(Trouble kind, Instant now) {
    Count count = counts.computeIfAbsent(kind, _ -> new Count(now));
    // A clock that was put back begins a new hour: better too many than none for a long time.
    boolean over = now.isBefore(count.begun) || !now.isBefore(count.begun.plus(SPAN));
    if (over) {
      count.begun = now;
      count.made = 0;
    }
    if (count.made == MOST_AN_HOUR) {
      count.leftOut++;
      return new Answer.LeaveOut(count.leftOut == 1);
    }
    count.made++;
    long leftOut = count.leftOut;
    count.leftOut = 0;
    return new Answer.Make(leftOut);
  }
}
