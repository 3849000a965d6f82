package dev.postrider.queue;

import java.time.Instant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One transport: its limits, and the destinations that could start a job, served in turn. Guarded
 * by the scheduler's lock.
 */
final class Lane {
  /** Destinations that could have one more job beside those that run. */
  private final ArrayDeque<Destination> busyOnes = new ArrayDeque<>();

  /** Destinations with nothing under way. */
  private final ArrayDeque<Destination> idleOnes = new ArrayDeque<>();

  private boolean idleNext;
  TransportLimits limits;
  int busy;

  /** Deliveries in a row that ended in a bug of the transport. */
  int malfunctions;

  /** Nothing starts before this: transport_rate_delay, transport_retry_time. */
  Instant notBefore = Instant.MIN;

  Lane(TransportLimits limits) {
    this.limits = limits;
  }

  /** Lets a destination take its turn if it can use one. */
  void enter(Destination destination) {
    if (!destination.mayStart()) {
      return;
    }
    if (destination.busy == 0 && !destination.amongIdle) {
      destination.amongIdle = true;
      idleOnes.addLast(destination);
    } else if (destination.busy > 0 && !destination.amongBusy) {
      destination.amongBusy = true;
      busyOnes.addLast(destination);
    }
  }

  /**
   * Takes the destination whose turn it is and that can start a job, or null if there is none or no
   * process is left. The last processes are for destinations with nothing under way: otherwise a
   * few that dawdle would take all, and the others wait for their timeouts.
   */
  @Nullable Destination next() {
    while (busy < limits.processes()) {
      boolean onlyIdle = busy >= limits.processes() - limits.reserve();
      idleNext = !idleNext;
      Destination found = idleNext || onlyIdle ? idleOnes.pollFirst() : busyOnes.pollFirst();
      boolean fromIdle = idleNext || onlyIdle;
      if (found == null && !onlyIdle) {
        fromIdle = !fromIdle;
        found = fromIdle ? idleOnes.pollFirst() : busyOnes.pollFirst();
      }
      if (found == null) {
        return null;
      }
      if (fromIdle) {
        found.amongIdle = false;
      } else {
        found.amongBusy = false;
      }
      if (fromIdle && found.busy > 0) {
        // It got its first job by the other line.
        enter(found);
      } else if (found.mayStart()) {
        return found;
      }
    }
    return null;
  }
}
