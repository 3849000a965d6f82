package dev.postrider.smtp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a server announced in its EHLO reply (RFC 5321 §4.1.1.1). Immutable.
 *
 * @param maxSize 0 if there is no limit or none that makes sense
 * @param mechanisms of AUTH, in the old form with {@code =} too
 * @param xForward the attributes that XFORWARD may have, in capitals
 */
record Features(
    boolean pipelining,
    boolean startTls,
    boolean eightBitMime,
    boolean smtpUtf8,
    boolean dsn,
    boolean chunking,
    boolean size,
    long maxSize,
    boolean auth,
    List<String> mechanisms,
    Set<String> xForward,
    boolean requireTls) {
  static final Features NONE =
      new Features(
          false, false, false, false, false, false, false, 0, false, List.of(), Set.of(), false);

  Features {
    mechanisms = List.copyOf(mechanisms);
    xForward = Set.copyOf(xForward);
  }

  /**
   * Reads the lines behind the first.
   *
   * @param discarded keywords that count as not announced
   */
  static Features parse(List<String> lines, Set<String> discarded) {
    boolean pipelining = false;
    boolean startTls = false;
    boolean eightBitMime = false;
    boolean smtpUtf8 = false;
    boolean dsn = false;
    boolean requireTls = false;
    boolean chunking = false;
    boolean size = false;
    long maxSize = 0;
    boolean auth = false;
    List<String> mechanisms = new ArrayList<>();
    Set<String> xForward = new HashSet<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.strip().split("[ =\t]+");
      String keyword = words[0].toUpperCase(Locale.ROOT);
      if (discarded.contains(keyword)) {
        continue;
      }
      switch (keyword) {
        case "PIPELINING" -> pipelining = true;
        case "STARTTLS" -> startTls = true;
        case "8BITMIME" -> eightBitMime = true;
        case "SMTPUTF8" -> smtpUtf8 = true;
        case "DSN" -> dsn = true;
        case "REQUIRETLS" -> requireTls = true;
        case "CHUNKING" -> chunking = true;
        case "SIZE" -> {
          size = true;
          maxSize = words.length > 1 ? number(words[1]) : 0;
        }
        case "AUTH" -> {
          auth = true;
          for (int i = 1; i < words.length; i++) {
            String mechanism = words[i].toUpperCase(Locale.ROOT);
            if (!mechanisms.contains(mechanism)) {
              mechanisms.add(mechanism);
            }
          }
        }
        case "XFORWARD" -> {
          for (int i = 1; i < words.length; i++) {
            xForward.add(words[i].toUpperCase(Locale.ROOT));
          }
        }
        default -> {}
      }
    }
    // RFC 6531 §3.1: who takes headers of 8 bits takes contents of 8 bits, said or not.
    return new Features(
        pipelining,
        startTls,
        eightBitMime || smtpUtf8,
        smtpUtf8,
        dsn,
        chunking,
        size,
        maxSize,
        auth,
        mechanisms,
        xForward,
        requireTls);
  }

  private static long number(String digits) {
    if (digits.length() > 18) {
      return 0;
    }
    try {
      return Math.max(0, Long.parseLong(digits));
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
