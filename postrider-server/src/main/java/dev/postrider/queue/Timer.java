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

  /** Asks for one call at {@code when}, in place of what was asked before. */
  void wakeAt(Instant when);

  /** Ends: no call begins after this returns. */
  void stop();
}
