package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryStatus.Attempt;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Treatment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure and what is known of it. Immutable.
 *
 * @param attempt in which it came about
 * @param advice what it means, or null if no rule knows it
 * @param account the login it is about, or null if there is none
 * @param parked how long mail for an account that is not to be used now waits at most; null if it
 *     was tried
 */
record Diagnosis(
    Failure failure,
    Attempt attempt,
    @Nullable Advice advice,
    @Nullable Account account,
    @Nullable Duration parked) {
  /** What the rule wants done; as replied where there is no rule. */
  Treatment treatment() {
    return advice == null ? new Treatment.AsReplied() : advice.treatment();
  }
}
