package dev.postrider.smtpd;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether a session may be ended at once: between commands yes, inside one no. Safe on any thread.
 */
final class IdleGate {
  private enum State {
    BUSY,
    IDLE,
    /** To end when the command in hand is finished. */
    LEAVING,
    /** Ended from outside while idle. */
    CLOSED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.BUSY);

  /** Called by the session before it waits for a command; false if it should say good-bye. */
  boolean idle() {
    return state.compareAndSet(State.BUSY, State.IDLE);
  }

  /** Called by the session when input came; false if it was ended meanwhile. */
  boolean busy() {
    return state.compareAndSet(State.IDLE, State.BUSY);
  }

  boolean leaving() {
    return state.get() == State.LEAVING;
  }

  /** Asks the session to end; true if it is idle and the caller has to close it. */
  boolean end() {
    if (state.compareAndSet(State.IDLE, State.CLOSED)) {
      return true;
    }
    return !state.compareAndSet(State.BUSY, State.LEAVING)
        && state.compareAndSet(State.IDLE, State.CLOSED);
  }
}
