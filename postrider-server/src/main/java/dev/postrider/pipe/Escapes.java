package dev.postrider.pipe;

/** Backslash sequences of {@code eol=}, as in C. Stateless. */
final class Escapes {
  private Escapes() {}

  /**
   * The octets that a text stands for, one a character: {@code \a \b \f \n \r \t \v}, one to three
   * octal digits; any other character stands for itself.
   */
  static String resolve(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '\\' || at == text.length()) {
        out.append(c);
      } else if (isOctal(text.charAt(at))) {
        int value = 0;
        int end = Math.min(at + 3, text.length());
        while (at < end && isOctal(text.charAt(at))) {
          value = value * 8 + (text.charAt(at++) - '0');
        }
        out.append((char) (value & 0xff));
      } else {
        out.append(named(text.charAt(at++)));
      }
    }
    return out.toString();
  }

  private static boolean isOctal(char c) {
    return c >= '0' && c <= '7';
  }

  private static char named(char c) {
    return switch (c) {
      case 'a' -> '\u0007';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> '\u000b';
      default -> c;
    };
  }
}
