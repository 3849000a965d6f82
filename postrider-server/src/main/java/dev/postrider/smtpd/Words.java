package dev.postrider.smtpd;

import java.util.ArrayList;
import java.util.List;

/** Splits the arguments of a command where SMTP does: not inside quotes or angle brackets. */
final class Words {
  private Words() {}

  /** The words of {@code text}, separated by spaces and tabs. */
  static List<String> of(String text) {
    List<String> words = new ArrayList<>(4);
    int i = 0;
    while (i < text.length()) {
      if (isSpace(text.charAt(i))) {
        i++;
        continue;
      }
      int end = wordEnd(text, i);
      words.add(text.substring(i, end));
      i = end;
    }
    return words;
  }

  private static int wordEnd(String text, int from) {
    boolean quoted = false;
    int depth = 0;
    int i = from;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '<') {
        depth++;
      } else if (!quoted && c == '>' && depth > 0) {
        depth--;
      } else if (!quoted && depth == 0 && isSpace(c)) {
        return i;
      }
      i++;
    }
    return text.length();
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }
}
