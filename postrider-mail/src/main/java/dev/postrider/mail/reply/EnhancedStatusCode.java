package dev.postrider.mail.reply;

import java.util.Optional;

/**
 * An enhanced status code {@code class.subject.detail} (RFC 3463). Immutable.
 *
 * @param klass 2 success, 4 temporary, 5 permanent
 * @param subject 0 to 999
 * @param detail 0 to 999
 */
public record EnhancedStatusCode(int klass, int subject, int detail) {
  public EnhancedStatusCode {
    if ((klass != 2 && klass != 4 && klass != 5)
        || subject < 0
        || subject > 999
        || detail < 0
        || detail > 999) {
      throw new IllegalArgumentException(
          "no enhanced status code: " + klass + "." + subject + "." + detail);
    }
  }

  /** Parses a whole text such as {@code 5.7.1}. */
  public static Optional<EnhancedStatusCode> parse(String text) {
    int end = prefixLength(text);
    if (end == 0 || end != text.length()) {
      return Optional.empty();
    }
    int second = text.indexOf('.', 2);
    return Optional.of(
        new EnhancedStatusCode(
            text.charAt(0) - '0',
            Integer.parseInt(text, 2, second, 10),
            Integer.parseInt(text, second + 1, end, 10)));
  }

  /** How many characters of {@code text}, from its start, spell an enhanced code; 0 if none do. */
  public static int prefixLength(String text) {
    if (text.length() < 5 || "245".indexOf(text.charAt(0)) < 0 || text.charAt(1) != '.') {
      return 0;
    }
    int subjectEnd = digitsEnd(text, 2);
    if (subjectEnd == 2 || subjectEnd >= text.length() || text.charAt(subjectEnd) != '.') {
      return 0;
    }
    int end = digitsEnd(text, subjectEnd + 1);
    if (end == subjectEnd + 1 || (end < text.length() && text.charAt(end) != ' ')) {
      return 0;
    }
    return end;
  }

  private static int digitsEnd(String text, int from) {
    int i = from;
    while (i < text.length() && i < from + 3 && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /** For constants in code. */
  public static EnhancedStatusCode of(String text) {
    return parse(text)
        .orElseThrow(() -> new IllegalArgumentException("no enhanced status code: " + text));
  }

  /** The same subject and detail as a temporary or permanent failure. */
  public EnhancedStatusCode withClass(int newClass) {
    return new EnhancedStatusCode(newClass, subject, detail);
  }

  @Override
  public String toString() {
    return klass + "." + subject + "." + detail;
  }
}
