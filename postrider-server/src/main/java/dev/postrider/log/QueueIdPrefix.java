package dev.postrider.log;

/** The queue id that most lines about a message begin with. Functions only. */
final class QueueIdPrefix {
  private static final int LEAST = 6;
  private static final int MOST = 40;

  private QueueIdPrefix() {}

  /** The id in front of the first colon; empty if what is there is none. */
  static String of(String text) {
    int colon = text.indexOf(": ");
    if (colon < LEAST || colon > MOST) {
      return "";
    }
    boolean hexadecimal = true;
    boolean vowelless = true;
    boolean digit = false;
    for (int i = 0; i < colon; i++) {
      char c = text.charAt(i);
      digit |= isDigit(c);
      hexadecimal &= isDigit(c) || (c >= 'A' && c <= 'F');
      vowelless &= isDigit(c) || isConsonant(c);
    }
    // The long form has no vowels (so that it spells nothing) and a z before the inode's number.
    boolean isLong = vowelless && digit && text.lastIndexOf('z', colon - 1) >= LEAST;
    return hexadecimal || isLong ? text.substring(0, colon) : "";
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isConsonant(char c) {
    boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return letter && "AEIOUaeiou".indexOf(c) < 0;
  }
}
