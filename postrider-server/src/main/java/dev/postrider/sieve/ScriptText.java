package dev.postrider.sieve;

import java.util.Locale;

/**
 * Takes a script's text apart into words and writes them so that jSieve's parser reads them as RFC
 * 5228 says. Left to itself it takes {@code text:} only with CRLF and unescapes in it, refuses a
 * needless backslash, {@code 1k} and large numbers, replaces Java's Unicode escapes, does not know
 * upper-case tags, and goes as deep as the script says. Lines stay where they are. For one text.
 */
final class ScriptText {
  /** Blocks and lists of tests within each other. */
  private static final int MOST_NESTED = 32;

  /** Words in a row, such as {@code not not not true}: each is a test within a test. */
  private static final int MOST_WORDS = 16;

  private final String text;
  private final StringBuilder out;
  private int at;
  private int line = 1;
  private int lineStart;
  private int nested;
  private int words;

  /** A word that is none. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient ScriptError error;

    Malformed(ScriptError error) {
      super(error.toString());
      this.error = error;
    }

    ScriptError error() {
      return error;
    }
  }

  private ScriptText(String text) {
    this.text = text;
    this.out = new StringBuilder(text.length() + 16);
  }

  /** The text for the parser. */
  static String of(String text) throws Malformed {
    ScriptText script = new ScriptText(text);
    while (script.at < text.length()) {
      script.word();
    }
    return script.out.toString();
  }

  private Malformed malformed(String what) {
    return malformed(line, at - lineStart + 1, what);
  }

  private static Malformed malformed(int line, int column, String what) {
    return new Malformed(new ScriptError(line, column, what));
  }

  private void word() throws Malformed {
    char c = text.charAt(at);
    switch (c) {
      case '\n' -> newline();
      case ' ', '\t', '\r', '\f' -> blank();
      case '\uFEFF' -> {
        if (at > 0) {
          throw malformed("a byte order mark belongs nowhere but to the beginning");
        }
        blank();
      }
      case '#' -> {
        while (at < text.length() && text.charAt(at) != '\n') {
          at++;
        }
      }
      case '/' -> comment();
      case '"' -> quoted();
      case '(', ')', '{', '}', '[', ']', ',', ';' -> punctuation(c);
      default -> {
        if (isDigit(c)) {
          number();
        } else if (isLetter(c) || c == ':') {
          name();
        } else if (c == 0) {
          throw malformed("there is a NUL character; remove it");
        } else {
          throw malformed(
              "character "
                  + (c < ' ' || c == 0x7f ? "number " + (int) c : "\"" + shown() + "\"")
                  + " means nothing here; text stands between \"quotes\"");
        }
      }
    }
  }

  private String shown() {
    return Character.toString(text.codePointAt(at));
  }

  private void blank() {
    out.append(' ');
    at++;
  }

  private void newline() {
    out.append('\n');
    at++;
    line++;
    lineStart = at;
  }

  private void comment() throws Malformed {
    int end = text.startsWith("/*", at) ? text.indexOf("*/", at + 2) : -1;
    if (!text.startsWith("/*", at)) {
      throw malformed("a single / means nothing; a comment is # or /* ... */");
    }
    if (end < 0) {
      throw malformed("the comment has no end; close it with */");
    }
    while (at < end + 2) {
      if (text.charAt(at) == '\n') {
        newline();
      } else {
        blank();
      }
    }
  }

  private void quoted() throws Malformed {
    int startLine = line;
    int startColumn = at - lineStart + 1;
    words = 0;
    out.append('"');
    at++;
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        c = text.charAt(at);
      } else if (c == '\r' && text.startsWith("\r\n", at)) {
        at++;
        continue;
      }
      content(c);
    }
    if (at >= text.length()) {
      throw malformed(
          startLine, startColumn, "the text in quotes has no end; close it with another \"");
    }
    out.append('"');
    at++;
  }

  /** A character of a text, at which the next one is. */
  private void content(char c) throws Malformed {
    if (c == '\n') {
      newline();
      return;
    }
    if (c == 0) {
      throw malformed("there is a NUL character; remove it");
    }
    if (c == '"' || c == '\\') {
      out.append('\\');
    }
    out.append(c);
    at++;
  }

  /** Lines up to one with a dot alone. */
  private void lines() throws Malformed {
    int startLine = line;
    while (at < text.length() && " \t\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '#') {
      while (at < text.length() && text.charAt(at) != '\n') {
        at++;
      }
    }
    if (at >= text.length() || text.charAt(at) != '\n') {
      throw malformed("nothing but a comment may follow text: on its line");
    }
    newline();
    out.append('"');
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      int last = end < 0 ? text.length() : end;
      int length = last > at && text.charAt(last - 1) == '\r' ? last - 1 - at : last - at;
      if (length == 1 && text.charAt(at) == '.') {
        out.append('"');
        at = last;
        return;
      }
      if (length > 1 && text.charAt(at) == '.' && text.charAt(at + 1) == '.') {
        at++;
        length--;
      }
      for (int stop = at + length; at < stop; ) {
        content(text.charAt(at));
      }
      at = last;
      if (end >= 0) {
        newline();
      }
    }
    throw malformed(
        startLine,
        0,
        "the text: of this line has no end; close it with a line that is a dot alone");
  }

  private void punctuation(char c) throws Malformed {
    words = 0;
    if (c == '(' || c == '{') {
      nested++;
      if (nested > MOST_NESTED) {
        throw malformed(
            "blocks and tests are nested more than " + MOST_NESTED + " deep; use elsif or stop");
      }
    } else if (c == ')' || c == '}') {
      nested--;
    }
    out.append(c);
    at++;
  }

  private void number() throws Malformed {
    int start = at;
    long value = 0;
    while (at < text.length() && isDigit(text.charAt(at))) {
      value = Math.min(value * 10 + text.charAt(at) - '0', Integer.MAX_VALUE + 1L);
      at++;
    }
    if (at < text.length() && isLetter(text.charAt(at))) {
      int shift =
          switch (text.charAt(at)) {
            case 'k', 'K' -> 10;
            case 'm', 'M' -> 20;
            case 'g', 'G' -> 30;
            default -> -1;
          };
      at++;
      if (shift < 0 || (at < text.length() && isWordPart(text.charAt(at)))) {
        throw malformed("a number ends in K, M or G, or in nothing");
      }
      value <<= shift;
    }
    if (value > Integer.MAX_VALUE) {
      int column = start - lineStart + 1;
      throw malformed(
          line,
          column,
          text.substring(start, Math.min(at, start + 20))
              + " is too large: the largest number is "
              + Integer.MAX_VALUE);
    }
    out.append(value);
  }

  private void name() throws Malformed {
    int start = at;
    boolean tag = text.charAt(at) == ':';
    at++;
    if (tag && (at >= text.length() || !isLetter(text.charAt(at)))) {
      throw malformed("a name belongs behind the colon, such as :is");
    }
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    String name = text.substring(start, at).toLowerCase(Locale.ROOT);
    if (name.equals("text") && at < text.length() && text.charAt(at) == ':') {
      words = 0;
      at++;
      lines();
      return;
    }
    words++;
    if (words > MOST_WORDS) {
      throw malformed("more than " + MOST_WORDS + " words in a row are no test");
    }
    out.append(name);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isWordPart(char c) {
    return isLetter(c) || isDigit(c);
  }
}
