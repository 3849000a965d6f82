package dev.postrider.queue;

import java.time.Instant;
import java.util.ArrayDeque;

/**
 * One transport: its limits, and the destinations that could start a job, served in turn. Guarded
 * by the scheduler's lock.
 */
final class Lane {
  final ArrayDeque<Destination> ring = new ArrayDeque<>();
  TransportLimits limits;
  int busy;

  /** Nothing starts before this: transport_rate_delay. */
  Instant notBefore = Instant.MIN;

  Lane(TransportLimits limits) {
    this.limits = limits;
  }
}
