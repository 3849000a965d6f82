package dev.postrider.sieve;

import org.jspecify.annotations.Nullable;

/** Which texts are the same, and which comes first (RFC 4790 §9). */
enum Collation {
  /** As they are. */
  OCTET,
  /** A to Z and a to z are the same; nothing else, in no language. */
  CASEMAP,
  /** The digits at the beginning; a text without is larger than all numbers. */
  NUMERIC;

  /**
   * That of a name.
   *
   * @param name as {@code :comparator} has it; null for what counts without
   */
  static Collation of(@Nullable String name) throws ScriptProblem {
    return switch (name) {
      case null -> CASEMAP;
      case "i;ascii-casemap" -> CASEMAP;
      case "i;octet" -> OCTET;
      case "i;ascii-numeric" -> NUMERIC;
      default ->
          throw new ScriptProblem(
              "there is no comparator \""
                  + name
                  + "\"; use i;ascii-casemap, i;octet or i;ascii-numeric");
    };
  }

  /** A text in which what is the same is equal, as far as characters go. */
  String folded(String text) {
    if (this != CASEMAP) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
    }
    return out.toString();
  }

  /** Compares folded texts; less than, equal to or more than 0. */
  int compare(String one, String other) {
    if (this != NUMERIC) {
      return one.compareTo(other);
    }
    String number = digits(one);
    String second = digits(other);
    if (number.isEmpty() || second.isEmpty()) {
      return Boolean.compare(number.isEmpty(), second.isEmpty());
    }
    String plain = withoutZeros(number);
    String plainSecond = withoutZeros(second);
    int byLength = Integer.compare(plain.length(), plainSecond.length());
    return byLength != 0 ? byLength : plain.compareTo(plainSecond);
  }

  private static String digits(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return text.substring(0, end);
  }

  private static String withoutZeros(String digits) {
    int start = 0;
    while (start < digits.length() - 1 && digits.charAt(start) == '0') {
      start++;
    }
    return digits.substring(start);
  }
}
