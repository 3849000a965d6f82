package dev.postrider.mail.address;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;

/**
 * A domain name that can be looked up. Immutable.
 *
 * @param ascii lower case, A-labels, no dot at the end; at most 255 characters
 */
public record Domain(String ascii) {
  private static final int MAX_NAME = 255;
  private static final int MAX_LABEL = 63;

  public Domain {
    if (!isValidAscii(ascii)) {
      throw new IllegalArgumentException("bad domain name: " + ascii);
    }
  }

  /**
   * Parses a name in A-labels or U-labels; one dot at the end is dropped.
   *
   * <p>Valid is what Postfix takes for a host name: labels of letters, digits, {@code -} and {@code
   * _}, not beginning or ending in {@code -}, and not an address in digits and dots.
   *
   * @return empty if it is no valid name, an address literal included
   */
  public static Optional<Domain> parse(String text) {
    // Longer U-label names cannot have a valid A-label form; IDN's work is bounded here.
    if (text.isEmpty() || text.length() > MAX_NAME + 1) {
      return Optional.empty();
    }
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (!isAscii(name)) {
      try {
        name = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    name = name.toLowerCase(Locale.ROOT);
    return isValidAscii(name) ? Optional.of(new Domain(name)) : Optional.empty();
  }

  /** With U-labels where a label has one: for people, never for lookups. */
  public String unicode() {
    return ascii.contains("xn--") ? IDN.toUnicode(ascii, IDN.ALLOW_UNASSIGNED) : ascii;
  }

  /** Whether this is {@code other} or lies below it. */
  public boolean isWithin(Domain other) {
    return ascii.equals(other.ascii) || ascii.endsWith("." + other.ascii);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static boolean isValidAscii(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      return false;
    }
    boolean onlyDigits = true;
    int labelStart = 0;
    for (int i = 0; i <= name.length(); i++) {
      char c = i < name.length() ? name.charAt(i) : '.';
      if (c == '.') {
        int length = i - labelStart;
        if (length == 0
            || length > MAX_LABEL
            || name.charAt(labelStart) == '-'
            || name.charAt(i - 1) == '-') {
          return false;
        }
        labelStart = i + 1;
      } else if (isLetter(c) || c == '_' || c == '-') {
        onlyDigits = false;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return !onlyDigits;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  @Override
  public String toString() {
    return ascii;
  }
}
