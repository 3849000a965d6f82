package dev.postrider.doctor;

import java.time.Duration;

/** Spans of time for people. Functions only. */
final class Ages {
  private Ages() {}

  /** {@code 3 days}, {@code 5 hours}, {@code 12 minutes} or {@code 40 seconds}; never negative. */
  static String print(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds >= 2 * 86_400) {
      return seconds / 86_400 + " days";
    }
    if (seconds >= 2 * 3600) {
      return seconds / 3600 + " hours";
    }
    return seconds >= 120 ? seconds / 60 + " minutes" : seconds + " seconds";
  }
}
