package dev.postrider.cli;

import java.io.PrintStream;

/** Lines as postconf prints them: one space between words, folded at 80 columns if asked. */
final class PostconfPrinter {
  static final int LINE_LIMIT = 80;
  static final String INDENT = "    ";

  private final PrintStream out;
  private final boolean fold;

  PostconfPrinter(PrintStream out, boolean fold) {
    this.out = out;
    this.fold = fold;
  }

  void line(String text) {
    StringBuilder line = new StringBuilder();
    int length = 0;
    int at = 0;
    while (at < text.length()) {
      if (isSeparator(text.charAt(at))) {
        at++;
        continue;
      }
      int end = at;
      while (end < text.length() && !isSeparator(text.charAt(end))) {
        end++;
      }
      int word = end - at;
      if (length > 0) {
        if (!fold || length + word < LINE_LIMIT) {
          line.append(' ');
          length++;
        } else {
          line.append('\n').append(INDENT);
          length = INDENT.length();
        }
      }
      line.append(text, at, end);
      length += word;
      at = end;
    }
    out.print(line.append('\n'));
  }

  private static boolean isSeparator(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  /** One JSON object a line. */
  void json(String name, String value) {
    out.print("{\"" + quoted(name) + "\": \"" + quoted(value) + "\"}\n");
  }

  static String quoted(String text) {
    StringBuilder json = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f) {
            json.append("\\u%04X".formatted((int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    return json.toString();
  }
}
