package dev.postrider.queue;

import dev.postrider.config.Config;
import dev.postrider.mail.address.ReversePath;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When the next attempt is, and when there is none. Immutable; safe on any thread if its generator
 * is.
 *
 * <p>As in Postfix, a message waits as long as it is old, within minimal_backoff_time and
 * maximal_backoff_time, and is looked at every queue_run_delay. Here each message has its own
 * rhythm of that delay, and a little chance, so that a backlog does not come back as one wave.
 */
final class RetrySchedule {
  /** The chance added to a wait is below a sixteenth of it. */
  private static final int JITTER_DIVISOR = 16;

  private final Duration minimum;
  private final Duration maximum;
  private final Duration rhythm;
  private final Duration lifetime;
  private final Duration noticeLifetime;
  private final Duration warning;
  private final RandomGenerator random;

  RetrySchedule(Config config, RandomGenerator random) {
    this.minimum = config.time("minimal_backoff_time");
    this.maximum = config.time("maximal_backoff_time");
    this.rhythm = config.time("queue_run_delay");
    this.lifetime = config.time("maximal_queue_lifetime");
    this.noticeLifetime = config.time("bounce_queue_lifetime");
    this.warning = config.time("delay_warning_time");
    this.random = random;
  }

  /** How long a message of this age waits after a failed attempt. */
  Duration wait(Duration age) {
    long millis = waitWithoutChance(age).toMillis();
    return Duration.ofMillis(millis + random.nextLong(millis / JITTER_DIVISOR + 1));
  }

  /** Nothing waits longer than that. */
  Duration longestWait() {
    long millis = waitWithoutChance(maximum).toMillis();
    return Duration.ofMillis(millis + millis / JITTER_DIVISOR + 1);
  }

  private Duration waitWithoutChance(Duration age) {
    long wait = Math.max(minimum.toMillis(), Math.min(age.toMillis(), maximum.toMillis()));
    long step = rhythm.toMillis();
    return Duration.ofMillis(step <= 0 ? wait : (wait + step - 1) / step * step);
  }

  Duration lifetime(ReversePath sender) {
    return sender.isNull() ? noticeLifetime : lifetime;
  }

  /** Whether the sender is to be warned when a message of this age is deferred again. */
  boolean warns(Duration age) {
    return !warning.isZero() && age.compareTo(warning) >= 0;
  }
}
