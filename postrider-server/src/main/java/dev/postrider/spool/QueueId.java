package dev.postrider.spool;

import java.time.Instant;
import java.util.Optional;

/**
 * The name of one stored message: the microsecond of its arrival, made unique by the spool, so that
 * ids sort by age and are never used again. Immutable.
 *
 * @param micros since the epoch
 */
public record QueueId(long micros) implements Comparable<QueueId> {
  /** No vowels, so that no id spells a word: the alphabet of Postfix's long ids. */
  private static final String ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

  /**
   * 2025-01-01: seconds from here keep a short id at the twelve digits Postfix has on large disks.
   */
  private static final long SHORT_EPOCH = 1_735_689_600L;

  private static final String HEX = "0123456789ABCDEF";
  private static final int CHECK_MODULUS = 51 * 51 * 51 * 51;

  public Instant time() {
    return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000);
  }

  /** Five hexadecimal digits of microseconds, then seconds: the look of Postfix's short ids. */
  public String shortForm() {
    // By hand: it is printed in every line of the logs, and a format costs as much as the line.
    StringBuilder out = new StringBuilder(13);
    int fraction = (int) (micros % 1_000_000);
    for (int shift = 16; shift >= 0; shift -= 4) {
      out.append(HEX.charAt(fraction >> shift & 15));
    }
    long seconds = micros / 1_000_000 - SHORT_EPOCH;
    int bits = Math.max(64 - Long.numberOfLeadingZeros(seconds), 1);
    for (int shift = (bits - 1) / 4 * 4; shift >= 0; shift -= 4) {
      out.append(HEX.charAt((int) (seconds >>> shift) & 15));
    }
    return out.toString();
  }

  /** Six letters of seconds, four of microseconds, {@code z}, four that check the rest. */
  public String longForm() {
    StringBuilder out = new StringBuilder(15);
    appendNumber(out, micros / 1_000_000, 52, 6);
    appendNumber(out, micros % 1_000_000, 52, 4);
    out.append('z');
    appendNumber(out, check(micros), 51, 4);
    return out.toString();
  }

  public String print(boolean longForm) {
    return longForm ? longForm() : shortForm();
  }

  /** Reads either form; empty for anything that is not an id of ours. */
  public static Optional<QueueId> parse(String text) {
    return text.length() == 15 && text.charAt(10) == 'z' ? parseLong(text) : parseShort(text);
  }

  private static Optional<QueueId> parseShort(String text) {
    if (text.length() < 6 || text.length() > 14) {
      return Optional.empty();
    }
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789ABCDEF".indexOf(text.charAt(i)) < 0) {
        return Optional.empty();
      }
    }
    long micros = Long.parseLong(text, 0, 5, 16);
    long seconds = Long.parseLong(text, 5, text.length(), 16) + SHORT_EPOCH;
    return micros < 1_000_000
        ? Optional.of(new QueueId(seconds * 1_000_000 + micros))
        : Optional.empty();
  }

  private static Optional<QueueId> parseLong(String text) {
    long seconds = number(text, 0, 6, 52);
    long micros = number(text, 6, 10, 52);
    long check = number(text, 11, 15, 51);
    if (seconds < 0 || micros < 0 || micros >= 1_000_000 || check < 0) {
      return Optional.empty();
    }
    long value = seconds * 1_000_000 + micros;
    return check(value) == check ? Optional.of(new QueueId(value)) : Optional.empty();
  }

  private static long check(long micros) {
    return Math.floorMod((micros * 0x9E3779B97F4A7C15L) >>> 20, (long) CHECK_MODULUS);
  }

  private static void appendNumber(StringBuilder out, long value, int base, int digits) {
    long scale = 1;
    for (int i = 1; i < digits; i++) {
      scale *= base;
    }
    for (long rest = value; scale > 0; scale /= base) {
      out.append(ALPHABET.charAt((int) (rest / scale % base)));
    }
  }

  private static long number(String text, int from, int to, int base) {
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0 || digit >= base) {
        return -1;
      }
      value = value * base + digit;
    }
    return value;
  }

  @Override
  public int compareTo(QueueId other) {
    return Long.compare(micros, other.micros);
  }
}
