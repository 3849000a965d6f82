package dev.postrider.queue;

import java.time.Instant;

/** Calls the queue when time has come; the seam that lets tests move time. Safe on any thread. */
public interface Timer {
  /**
   * Begins to call.
   *
   * @param tick what to call; never blocks for long
   */
  void start(Runnable tick);

  /**
   * Asks for a call at {@code when}. An earlier one that was asked for stays: whoever asks may have
   * looked before somebody else did.
   */
  void wakeAt(Instant when);

  /** Ends: no call begins after this returns. */
  void stop();
}
