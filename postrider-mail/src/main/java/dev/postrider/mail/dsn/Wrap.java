package dev.postrider.mail.dsn;

import java.util.ArrayList;
import java.util.List;

/** Breaks long lines of a report between words, as Postfix does, so that its readers fit ours. */
public final class Wrap {
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
    for (String line : lines(clean(text, asciiOnly), LINE_LENGTH)) {
      out.append(line).append('\n');
    }
  }

  /**
   * A text in lines, each after the first indented by four, without blanks at their ends.
   *
   * @param width of the longest line, as far as the words allow
   * @return at least one
   */
  public static List<String> lines(String text, int width) {
    List<String> lines = new ArrayList<>();
    String indent = "";
    int start = 0;
    while (text.length() - start > width - indent.length()) {
      int end = start + width - indent.length();
      int space = text.lastIndexOf(' ', end);
      if (space <= start) {
        space = text.indexOf(' ', end);
        if (space < 0) {
          break;
        }
      }
      lines.add(indent + text.substring(start, space).stripTrailing());
      indent = INDENT;
      start = space;
      while (start < text.length() && text.charAt(start) == ' ') {
        start++;
      }
    }
    if (start < text.length() || lines.isEmpty()) {
      lines.add(indent + text.substring(start).stripTrailing());
    }
    return lines;
  }

  /**
   * A text with a question mark for each control character.
   *
   * @param asciiOnly whether for everything beyond ASCII as well
   */
  public static String clean(String text, boolean asciiOnly) {
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
