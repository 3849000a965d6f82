package dev.postrider.doctor;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether a daemon serves the queue. Immutable.
 *
 * @param pid of the daemon that answers
 * @param since when it was started, if that can be seen
 * @param waiter the process that starts one when mail is handed over or due
 * @param due when mail that a daemon left behind is to be tried, as it wrote down
 */
public record DaemonState(
    Optional<Long> pid, Optional<Instant> since, Optional<Long> waiter, Optional<Instant> due) {
  /** No daemon, and nobody who would start one. */
  public static DaemonState stopped() {
    return new DaemonState(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  public boolean isRunning() {
    return pid.isPresent();
  }
}
