package dev.postrider.smtp;

import java.time.Duration;

/**
 * How long a message's content may take on its way: each write for itself, or all of it together,
 * with a little more for each octet that is through ({@code smtp_per_request_deadline}, {@code
 * smtp_min_data_rate}). For one message and one thread.
 */
final class ContentTime {
  private final long mostNanos;
  private final long rate;
  private long left;

  /**
   * @param most for one write, or for all of them
   * @param minRate octets that prolong the time for all by a second; 0 limits each write alone
   */
  ContentTime(Duration most, int minRate) {
    this.mostNanos = most.toNanos();
    this.rate = minRate;
    this.left = mostNanos;
  }

  /** Nanoseconds that the next write may take; at least one. */
  long nanos() {
    return Math.max(1, left);
  }

  /** Counts a write. */
  void took(long nanos, int octets) {
    if (rate > 0) {
      left = Math.min(mostNanos, left - nanos + octets * 1_000_000_000L / rate);
    }
  }
}
