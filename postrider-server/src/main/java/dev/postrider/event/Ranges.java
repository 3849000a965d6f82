package dev.postrider.event;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Numbers as text: {@code 0-4,7}. */
final class Ranges {
  /** A message with more gaps than that has its line, but not all of them. */
  static final int MOST_TEXT = 8_000;

  private Ranges() {}

  /** The text, or {@code ?} if it would be too long for a line. */
  static String print(BitSet numbers) {
    StringBuilder out = new StringBuilder();
    for (int from = numbers.nextSetBit(0); from >= 0; ) {
      int end = numbers.nextClearBit(from);
      out.append(out.isEmpty() ? "" : ",").append(from);
      if (end - from > 1) {
        out.append('-').append(end - 1);
      }
      if (out.length() > MOST_TEXT) {
        return "?";
      }
      from = numbers.nextSetBit(end);
    }
    return out.toString();
  }

  /** Null for anything that is no such text, or names a number that no message has. */
  static @Nullable BitSet parse(String text) {
    BitSet numbers = new BitSet();
    if (text.isEmpty()) {
      return numbers;
    }
    try {
      for (String part : text.split(",", -1)) {
        int dash = part.indexOf('-');
        int from = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
        int to = dash < 0 ? from : Integer.parseInt(part.substring(dash + 1));
        if (from < 0 || to < from || to > 10_000_000) {
          return null;
        }
        numbers.set(from, to + 1);
      }
    } catch (NumberFormatException _) {
      return null;
    }
    return numbers;
  }
}
