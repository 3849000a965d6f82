package dev.postrider.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How long ago something was and when something is due, although the clock may be set meanwhile.
 * Everything that waits in memory waits by steady time; the spool has the clock's, in which the
 * next start can read it. Safe on any thread.
 *
 * <p>A clock that is found to be off by a minute or more from what has passed was set. What was
 * written down before that is as old as the steady clock says: a machine that wakes up in the wrong
 * year must not return its whole queue as too old, nor must one whose clock is put right.
 */
final class Timeline {
  /** Below this a clock is corrected, not set. */
  static final Duration LEAST_STEP = Duration.ofMinutes(1);

  /** More than that many settings ago makes no difference to anybody. */
  private static final int MOST_SPANS = 100;

  /**
   * From one setting of the clock to the next.
   *
   * @param from steady
   * @param ahead what the clock is ahead of the steady one
   */
  private record Span(Instant from, Duration ahead) {}

  private final QueueClocks clocks;

  /** Newest first; never empty. */
  private volatile List<Span> spans;

  Timeline(QueueClocks clocks) {
    this.clocks = clocks;
    this.spans = List.of(new Span(Instant.MIN, ahead()));
  }

  private Duration ahead() {
    return Duration.between(clocks.steady().instant(), clocks.clock().instant());
  }

  /** Steady. */
  Instant now() {
    return clocks.steady().instant();
  }

  /**
   * Looks at the clock.
   *
   * @return by how much it was set since the last look: forward, or back if negative, or zero
   */
  Duration look() {
    Duration off = ahead().minus(spans.getFirst().ahead);
    return off.abs().compareTo(LEAST_STEP) < 0 ? Duration.ZERO : set();
  }

  private synchronized Duration set() {
    Duration ahead = ahead();
    Duration step = ahead.minus(spans.getFirst().ahead);
    if (step.abs().compareTo(LEAST_STEP) < 0) {
      // Somebody else has noticed it.
      return Duration.ZERO;
    }
    List<Span> all = new ArrayList<>(spans.size() + 1);
    all.add(new Span(now(), ahead));
    all.addAll(spans.subList(0, Math.min(spans.size() - 1, MOST_SPANS)));
    // The one before all settings stays: most of what waits may be from there.
    all.add(spans.getLast());
    spans = List.copyOf(all);
    return step;
  }

  /** The clock's time at a steady one, as the clock is set now. */
  Instant clockAt(Instant steady) {
    return steady.plus(spans.getFirst().ahead);
  }

  /**
   * When something is due that the spool has a time for.
   *
   * @param recorded by the clock, as it was set then
   * @param longest more than that nothing waits: a time beyond it was written by a clock that was
   *     ahead, and is over
   * @return steady
   */
  Instant due(Instant recorded, Duration longest) {
    Instant now = now();
    Instant due = recorded.minus(spans.getFirst().ahead);
    return due.isAfter(now.plus(longest)) ? now : due;
  }

  /**
   * How long ago it was that the clock showed a time; nothing if that is to come. What it showed
   * twice is taken for the later one, as mail may rather wait longer than be returned.
   */
  Duration since(Instant shown) {
    Instant now = now();
    for (Span span : spans) {
      Instant steady = shown.minus(span.ahead);
      boolean within =
          span.from.equals(Instant.MIN) || !steady.isBefore(span.from.minus(LEAST_STEP));
      if (within && !steady.isAfter(now)) {
        return Duration.between(steady, now);
      }
    }
    return Duration.ZERO;
  }
}
