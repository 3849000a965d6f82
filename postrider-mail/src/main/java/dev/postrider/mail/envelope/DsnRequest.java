package dev.postrider.mail.envelope;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one recipient's sender wants to hear (RFC 3461 §4.1, §4.2). Immutable.
 *
 * @param events the events to report; empty means the default (failure, and delay as configured)
 * @param originalRecipient ORCPT in its decoded form {@code type;address}, or null
 */
public record DsnRequest(Set<Event> events, @Nullable String originalRecipient) {
  /** RFC 3461 §4.1. */
  public enum Event {
    NEVER,
    SUCCESS,
    FAILURE,
    DELAY
  }

  public static final DsnRequest DEFAULT = new DsnRequest(Set.of(), null);

  public DsnRequest {
    events = Set.copyOf(events);
    if (events.contains(Event.NEVER) && events.size() > 1) {
      throw new IllegalArgumentException("NOTIFY=NEVER stands alone");
    }
  }

  /** Whether a failure is reported: by default yes, after any NOTIFY only if it says so. */
  public boolean wantsFailure() {
    return events.isEmpty() || events.contains(Event.FAILURE);
  }

  /** Whether a delivery is reported: only if NOTIFY says so. */
  public boolean wantsSuccess() {
    return events.contains(Event.SUCCESS);
  }

  /** The same request once success has been reported (RFC 3461 §5.2.7). */
  public DsnRequest withoutSuccess() {
    if (!wantsSuccess()) {
      return this;
    }
    EnumSet<Event> rest = EnumSet.copyOf(events);
    rest.remove(Event.SUCCESS);
    // No event left would mean the default again.
    return new DsnRequest(rest.isEmpty() ? EnumSet.of(Event.NEVER) : rest, originalRecipient);
  }

  /** Whether a delay, and its end, is to be reported (RFC 3461 §4.1). */
  public boolean wantsDelay() {
    return events.isEmpty() || events.contains(Event.DELAY);
  }
}
