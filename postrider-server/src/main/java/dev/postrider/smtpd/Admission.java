package dev.postrider.smtpd;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * How many sessions there may be, altogether and for one address. Clients in mynetworks have places
 * of their own and wait for one; a stranger finds a place or is sent away, so strangers can neither
 * keep this host's own programs out nor pile up. Safe on any thread.
 */
final class Admission {
  /** Whether a client may come in. */
  enum Answer {
    ENTER,
    TOO_MANY_SESSIONS,
    TOO_MANY_FROM_ADDRESS
  }

  private final Semaphore ownPlaces;
  private final Semaphore places;
  private final Map<InetAddress, Integer> perAddress = new HashMap<>();

  Admission(int places) {
    this.ownPlaces = new Semaphore(places, true);
    this.places = new Semaphore(places);
  }

  /** Takes a place if one is free; every entry must be followed by {@link #leaveOwn}. */
  boolean enterOwnAtOnce() {
    return ownPlaces.tryAcquire();
  }

  /** Waits for a place; every entry must be followed by {@link #leaveOwn}. */
  void enterOwn() throws InterruptedException {
    ownPlaces.acquire();
  }

  void leaveOwn() {
    ownPlaces.release();
  }

  /**
   * Looks for a place; only after {@code ENTER} must {@link #leave} follow.
   *
   * @param mostFromAddress 0 is no limit
   */
  Answer enter(InetAddress address, int mostFromAddress) {
    if (!places.tryAcquire()) {
      return Answer.TOO_MANY_SESSIONS;
    }
    synchronized (perAddress) {
      int others = perAddress.getOrDefault(address, 0);
      if (mostFromAddress <= 0 || others < mostFromAddress) {
        perAddress.put(address, others + 1);
        return Answer.ENTER;
      }
    }
    places.release();
    return Answer.TOO_MANY_FROM_ADDRESS;
  }

  void leave(InetAddress address) {
    synchronized (perAddress) {
      perAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }
    places.release();
  }
}
