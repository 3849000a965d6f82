package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.NextHop;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One next hop: what waits for it and how much may run at once. Guarded by the scheduler's lock.
 *
 * <p>The concurrency follows Postfix: up with good deliveries, down with failed connections, and
 * after enough of these the destination is dead for a while. It is forgotten when nothing waits.
 */
final class Destination {
  /** For recipients that go nowhere, so that they end as all others do. */
  static final Destination NONE =
      new Destination(
          new DestinationKey(new NextHop("error", ""), ""),
          new Lane(
              new TransportLimits(
                  1, 1, 1, 1, Feedback.ONE, Feedback.ONE, 0, Duration.ZERO, Duration.ZERO)));

  final DestinationKey key;
  final Lane lane;

  final Waitlist waitlist = new Waitlist(this);

  int busy;

  /** Where it stands in its {@link Lane}. */
  boolean amongIdle;

  boolean amongBusy;

  /** Whether the last delivery ended too little ago: destination_rate_delay. */
  boolean pausing;

  /** Whether the last delivery did not reach it. */
  boolean ailing;

  /** Nobody is woken by a delivery that reaches it before this. */
  Instant mayWakeFrom = Instant.MIN;

  /** Who waits until it is reached; see {@link Faults}. */
  @Nullable IdSet unreached;

  /** The plan for its next scout, or null if there is none. */
  Faults.@Nullable Scouting scouting;

  /** How it was asked to get less, or null if it was not. */
  private @Nullable Throttle throttle;

  private double concurrency;
  private double failedCohorts;
  private @Nullable Instant deadUntil;
  private DeliveryStatus.@Nullable Deferred deathCause;

  Destination(DestinationKey key, Lane lane) {
    this.key = key;
    this.lane = lane;
    this.concurrency = lane.limits.initial();
  }

  boolean mayStart() {
    int most = (int) concurrency;
    if (throttle != null) {
      most = Math.min(most, throttle.most());
    }
    return !pausing && waitlist.hasShares() && busy < most;
  }

  boolean isIdle() {
    return isAtRest() && unreached == null && scouting == null && throttle == null;
  }

  /** Whether nothing is under way, waits, or is kept from starting. */
  boolean isAtRest() {
    return busy == 0 && !pausing && waitlist.isEmpty() && deadUntil == null;
  }

  /**
   * The other side says that mail comes too fast.
   *
   * @return until when less goes there
   */
  Instant throttled(Instant now) {
    Throttle next =
        throttle == null ? Throttle.first((int) concurrency, now) : throttle.tighter(now);
    throttle = next;
    return next.until();
  }

  /** Whether less goes there than the limits allow. */
  boolean isThrottled() {
    return throttle != null;
  }

  /**
   * Lets more go there if it is time for that.
   *
   * @return when it is to be looked at again, or null if the limits alone count from now on
   */
  @Nullable Instant relax(Instant now) {
    if (throttle != null && !now.isBefore(throttle.until())) {
      throttle = throttle.looser(lane.limits.concurrency(), now);
    }
    return throttle == null ? null : throttle.until();
  }

  /** How long it rests after a delivery. */
  Duration pauseAfterDelivery() {
    Duration configured = lane.limits.destinationDelay();
    return throttle != null && throttle.gap().compareTo(configured) > 0
        ? throttle.gap()
        : configured;
  }

  void succeeded() {
    TransportLimits limits = lane.limits;
    failedCohorts = 0;
    // Grow only as far as the growth is used, so that the figure means what was really tried.
    if (concurrency < busy + (double) limits.initial()) {
      concurrency = Math.min(limits.concurrency(), concurrency + limits.positive().at(concurrency));
    }
  }

  /** Takes note of a failed connection; true if the destination is dead from now on. */
  boolean failed(DeliveryStatus.Deferred cause, Instant until) {
    TransportLimits limits = lane.limits;
    failedCohorts += 1 / concurrency;
    concurrency = Math.max(1, concurrency - limits.negative().at(concurrency));
    if (limits.cohorts() > 0 && failedCohorts >= limits.cohorts()) {
      deadUntil = until;
      deathCause = cause;
      return true;
    }
    return false;
  }

  /** Why nothing is tried at {@code now}, or null if it may be. Life begins anew after a death. */
  DeliveryStatus.@Nullable Deferred suspended(Instant now) {
    if (deadUntil != null && !now.isBefore(deadUntil)) {
      revive();
      // One delivery finds out whether that is true.
      concurrency = 1;
    }
    return deadUntil == null ? null : deathCause;
  }

  boolean isDead() {
    return deadUntil != null;
  }

  void revive() {
    deadUntil = null;
    deathCause = null;
    failedCohorts = 0;
    concurrency = lane.limits.initial();
  }
}
