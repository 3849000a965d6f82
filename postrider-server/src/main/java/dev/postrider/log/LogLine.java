package dev.postrider.log;

import java.nio.charset.StandardCharsets;

/** What every line gets before it leaves: the word for its severity, no control bytes, a length. */
final class LogLine {
  /** As Postfix cuts its lines; longer ones are lost in many a syslog daemon. */
  static final int MOST_TEXT = 2000;

  private LogLine() {}

  /** The text with its severity in front, on one line of printable characters. */
  static void append(StringBuilder out, MailLog.Severity severity, String text) {
    out.append(
        switch (severity) {
          case INFO -> "";
          case WARNING -> "warning: ";
          case ERROR -> "error: ";
        });
    int end = Math.min(text.length(), MOST_TEXT);
    for (int i = 0; i < end; i++) {
      out.append(harmless(text.charAt(i)));
    }
  }

  /** The same of a name that stands in every line; it comes from main.cf or a command line. */
  static String clean(String name) {
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      out.append(harmless(name.charAt(i)));
    }
    return out.toString();
  }

  /** C0, DEL, C1 and Unicode's own line ends, whatever could fake a second line, become a mark. */
  static char harmless(char c) {
    boolean control = c < ' ' || (c >= 0x7f && c < 0xa0) || c == '\u2028' || c == '\u2029';
    return control ? '?' : c;
  }

  static byte[] bytes(StringBuilder line) {
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }
}
