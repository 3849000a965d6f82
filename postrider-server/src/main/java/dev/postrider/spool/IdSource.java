package dev.postrider.spool;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives ids: the microsecond it is, or the next one free if the clock stands still or jumped back.
 * Safe on any thread.
 */
final class IdSource {
  private final InstantSource clock;
  private final AtomicLong greatest;

  IdSource(InstantSource clock) {
    this.clock = clock;
    this.greatest = new AtomicLong();
  }

  QueueId next() {
    long now = Micros.of(clock.instant());
    return new QueueId(greatest.updateAndGet(last -> Math.max(last + 1, now)));
  }

  /** Gives no id up to this one. */
  void seen(long id) {
    greatest.accumulateAndGet(id, Math::max);
  }

  long greatest() {
    return greatest.get();
  }
}
