package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import java.time.Duration;

/** What a job says of its destination and its transport. */
sealed interface JobResult {
  /** Somebody there answered. */
  record Reached() implements JobResult {}

  /** Somebody there answered that mail comes too fast. */
  record Throttled() implements JobResult {}

  /** Nobody answered: the next job will hardly fare better. */
  record NotReached(DeliveryStatus.Deferred cause) implements JobResult {}

  /**
   * The transport has a bug.
   *
   * @param pause how long it is left alone when that goes on (transport_retry_time)
   */
  record Malfunction(Duration pause) implements JobResult {}

  /** Nothing: it was not run, or cut short. */
  record Unknown() implements JobResult {}
}
