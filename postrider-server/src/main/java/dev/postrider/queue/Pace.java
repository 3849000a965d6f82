package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Retry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a message is tried again, by the wishes of all its recipients who wait. Immutable.
 *
 * @param own wait of its own, or null for the usual one
 * @param parked whether somebody waits for an account
 * @param onHold whether all wait for a setting to be mended
 * @param endless whether the message does not grow too old while it waits for that
 */
record Pace(@Nullable Duration own, boolean parked, boolean onHold, boolean endless) {
  /** For who waits for a setting, beside others who do not. */
  private static final Duration BESIDE_OTHERS = Duration.ofHours(24);

  static Pace of(List<MessageAttempt.Fate> delayed) {
    Duration wait = null;
    boolean usual = false;
    boolean parked = false;
    int held = 0;
    int people = 0;
    for (MessageAttempt.Fate each : delayed) {
      Retry retry =
          each.status() instanceof DeliveryStatus.Deferred deferred
              ? deferred.retry()
              : new Retry.Usual();
      switch (retry) {
        case Retry.Usual _, Retry.Slower _ -> usual = true;
        case Retry.After(var pace) -> wait = shorter(wait, pace);
        case Retry.Parked(var pace) -> {
          wait = shorter(wait, pace);
          parked = true;
          people++;
        }
        case Retry.OnHold _ -> {
          wait = shorter(wait, BESIDE_OTHERS);
          held++;
          people++;
        }
      }
    }
    boolean all = !delayed.isEmpty() && people == delayed.size();
    return new Pace(usual ? null : wait, parked, !delayed.isEmpty() && held == delayed.size(), all);
  }

  private static Duration shorter(@Nullable Duration one, Duration other) {
    return one == null || other.compareTo(one) < 0 ? other : one;
  }
}
