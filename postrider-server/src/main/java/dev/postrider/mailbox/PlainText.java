package dev.postrider.mailbox;

/**
 * Text of strangers for a terminal: what could steer it is replaced, so that a letter can neither
 * move the cursor, nor set a title, nor show a line other than it is. Functions only.
 */
public final class PlainText {
  private static final char REPLACEMENT = '\ufffd';

  private PlainText() {}

  /** Keeps line ends and tabs; a CR before LF is dropped. */
  public static String lines(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean lineEnd = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (!lineEnd) {
        out.append(steers(c) && c != '\n' && c != '\t' ? REPLACEMENT : c);
      }
    }
    return out.toString();
  }

  /** Makes one line of it. */
  public static String line(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c == '\n' || c == '\t' || c == '\r' ? ' ' : steers(c) ? REPLACEMENT : c);
    }
    return out.toString();
  }

  private static boolean steers(char c) {
    // Control characters of both sets, line and paragraph separators, what turns the direction of
    // writing or hides, and halves of surrogate pairs cannot occur alone in decoded text.
    return c < ' '
        || (c >= 0x7f && c <= 0x9f)
        || (c >= '\u200e' && c <= '\u200f')
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069')
        || c == '\ufeff';
  }
}
