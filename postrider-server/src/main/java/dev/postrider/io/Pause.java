package dev.postrider.io;

import java.time.Duration;

/** Waiting: before something that failed is tried again, and for a thread's end. Functions only. */
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

  /**
   * Holds the calling thread until another has ended. An interrupt does not end that, and stays.
   */
  public static void untilEnded(Thread other) {
    boolean interrupted = false;
    while (other.isAlive()) {
      try {
        other.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
