package dev.postrider.smtp;

import dev.postrider.delivery.Retry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When mail is tried again that several accounts could take. Functions only. */
final class Retries {
  private Retries() {}

  /** The soonest of what each of them wants. */
  static Retry soonest(List<Retry> all) {
    boolean parked = false;
    @Nullable Duration pause = null;
    for (Retry each : all) {
      switch (each) {
        case Retry.Usual _, Retry.Slower _ -> {
          return each;
        }
        case Retry.After(var pace) -> pause = shorter(pause, pace);
        case Retry.Parked(var pace) -> {
          pause = shorter(pause, pace);
          parked = true;
        }
        // Until a person has mended something; the others may take it before that.
        case Retry.OnHold _ -> {}
      }
    }
    if (pause == null) {
      return new Retry.OnHold();
    }
    return parked ? new Retry.Parked(pause) : new Retry.After(pause);
  }

  private static Duration shorter(@Nullable Duration one, Duration other) {
    return one == null || other.compareTo(one) < 0 ? other : one;
  }
}
