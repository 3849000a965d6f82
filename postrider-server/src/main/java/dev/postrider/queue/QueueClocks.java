package dev.postrider.queue;

import dev.postrider.io.SteadyClock;
import java.time.InstantSource;

/**
 * The two clocks of a queue. Safe on any thread if they are.
 *
 * @param clock the time of day, which somebody may set; messages and the spool have it
 * @param steady goes on evenly; what waits in memory waits by it
 */
public record QueueClocks(InstantSource clock, InstantSource steady) {
  /** A clock, and one beside it that nobody can set. */
  public static QueueClocks of(InstantSource clock) {
    return new QueueClocks(clock, new SteadyClock(clock));
  }
}
