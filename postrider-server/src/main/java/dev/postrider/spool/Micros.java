package dev.postrider.spool;

import java.time.Instant;

/** Times as the files have them: microseconds since the epoch, signed. */
final class Micros {
  private Micros() {}

  /** Far future and far past become the ends of the range. */
  static long of(Instant time) {
    long seconds = Math.clamp(time.getEpochSecond(), -9_000_000_000_000L, 9_000_000_000_000L);
    return seconds * 1_000_000 + time.getNano() / 1_000;
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1_000L);
  }
}
