package dev.postrider.mail.dsn;

/** Breaks long lines of a report between words, as Postfix does, so that its readers fit ours. */
final class Wrap {
  private static final int LINE_LENGTH = 79;
  private static final String INDENT = "    ";

  private Wrap() {}

  /**
   * Appends {@code text} in lines of at most 79 characters where its words allow, each after the
   * first indented by four, the last ended by LF. Control characters become question marks.
   *
   * @param asciiOnly whether everything beyond ASCII becomes a question mark as well
   */
  static void append(StringBuilder out, String text, boolean asciiOnly) {
    String clean = clean(text, asciiOnly);
    int room = LINE_LENGTH;
    int start = 0;
    while (clean.length() - start > room) {
      int space = clean.lastIndexOf(' ', start + room);
      if (space <= start) {
        space = clean.indexOf(' ', start + room);
        if (space < 0) {
          break;
        }
      }
      out.append(clean, start, space).append('\n').append(INDENT);
      start = space;
      while (start < clean.length() && clean.charAt(start) == ' ') {
        start++;
      }
      room = LINE_LENGTH - INDENT.length();
    }
    out.append(clean, start, clean.length()).append('\n');
  }

  static String clean(String text, boolean asciiOnly) {
    for (int i = 0; i < text.length(); i++) {
      if (isUnfit(text.charAt(i), asciiOnly)) {
        return cleaned(text, asciiOnly);
      }
    }
    return text;
  }

  private static String cleaned(String text, boolean asciiOnly) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(isUnfit(c, asciiOnly) ? '?' : c);
    }
    return out.toString();
  }

  private static boolean isUnfit(char c, boolean asciiOnly) {
    return c < ' ' || c == 0x7f || (c > 0x7f && (asciiOnly || c < 0xa0));
  }
}
