package dev.postrider.io;

import java.time.Duration;

/** Waiting before something that failed is tried again. Functions only. */
public final class Pause {
  private Pause() {}

  /**
   * Holds the calling thread.
   *
   * @return whether the time is over; false if the thread was interrupted, which it stays
   */
  public static boolean of(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
