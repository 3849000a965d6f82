package dev.postrider.queue;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a destination that says mail comes too fast gets less: half as many deliveries at once, and a
 * pause after each, longer every time it says so; after ten quiet minutes twice as much again.
 * Immutable.
 *
 * @param most deliveries at once
 * @param gap after a delivery
 * @param since when it was set
 * @param until when it is loosened
 */
record Throttle(int most, Duration gap, Instant since, Instant until) {
  private static final Duration QUIET = Duration.ofMinutes(10);
  private static final Duration FIRST_GAP = Duration.ofSeconds(1);
  private static final Duration LONGEST_GAP = Duration.ofMinutes(1);

  /** What was under way when it was set says the same again; that is no new sign. */
  private static final Duration ECHO = Duration.ofSeconds(10);

  /**
   * @param concurrency how many deliveries could run until now
   */
  static Throttle first(int concurrency, Instant now) {
    return new Throttle(Math.max(1, concurrency / 2), FIRST_GAP, now, now.plus(QUIET));
  }

  Throttle tighter(Instant now) {
    if (now.isBefore(since.plus(ECHO))) {
      return this;
    }
    Duration longer = gap.isZero() ? FIRST_GAP : gap.multipliedBy(2);
    return new Throttle(
        Math.max(1, most / 2),
        longer.compareTo(LONGEST_GAP) < 0 ? longer : LONGEST_GAP,
        now,
        now.plus(QUIET));
  }

  /** Null when the limits of the configuration are all that is left. */
  @Nullable Throttle looser(int limit, Instant now) {
    int more = most * 2;
    Duration shorter = gap.compareTo(FIRST_GAP) > 0 ? gap.dividedBy(2) : Duration.ZERO;
    return more >= limit && shorter.isZero()
        ? null
        : new Throttle(Math.min(more, limit), shorter, since, now.plus(QUIET));
  }
}
