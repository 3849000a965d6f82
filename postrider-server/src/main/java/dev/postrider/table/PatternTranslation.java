package dev.postrider.table;

import java.util.regex.Pattern;

/**
 * Rewrites one POSIX or Perl expression as Java's. For one expression.
 *
 * <p>What needs rewriting: character classes, where Java gives {@code [} and {@code &&} a meaning
 * and spells {@code [:alpha:]} otherwise; {@code $}, which matches before a last line break in Java
 * and Perl and not in POSIX; and POSIX's basic syntax, word boundaries and literal braces.
 */
final class PatternTranslation {
  private static final Pattern INTERVAL = Pattern.compile("\\d+(,\\d*)?}");

  /** Letters that may have an argument in braces: {@code \x{1f}} and {@code \p{Lu}}. */
  private static final String BRACED = "xpPkgoN";

  private final String text;
  private final boolean posix;
  private final boolean extended;
  private final boolean dollarEndsAll;
  private final StringBuilder out = new StringBuilder();
  private int position;

  /**
   * @param posix POSIX rules, else Perl's
   * @param extended POSIX extended syntax, where {@code (){}+?|} mean something unescaped
   * @param dollarEndsAll whether {@code $} matches at the very end only
   */
  PatternTranslation(String text, boolean posix, boolean extended, boolean dollarEndsAll) {
    this.text = text;
    this.posix = posix;
    this.extended = extended;
    this.dollarEndsAll = dollarEndsAll;
  }

  String translate() {
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '\\') {
        escape();
      } else if (c == '[') {
        bracket();
      } else if (c == '$' && dollarEndsAll && (extended || position == text.length())) {
        out.append("\\z");
      } else if (posix && !extended) {
        basic(c);
      } else if (c == '{' && !isInterval()) {
        out.append("\\{");
      } else if (posix && c == '(' && position < text.length() && text.charAt(position) == '?') {
        throw new java.util.regex.PatternSyntaxException(
            "Invalid preceding regular expression", text, position - 1);
      } else if (!posix && c == '(' && text.startsWith("?P<", position)) {
        out.append("(?<");
        position += 3;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Perl takes a brace that begins no repetition as it stands; POSIX complains of half a one. */
  private boolean isInterval() {
    boolean begun = position < text.length() && Character.isDigit(text.charAt(position));
    return posix
        ? begun
        : begun && INTERVAL.matcher(text).region(position, text.length()).lookingAt();
  }

  private void basic(char c) {
    boolean first = out.isEmpty();
    if ((c == '*' && first) || "(){}+?|".indexOf(c) >= 0) {
      out.append('\\').append(c);
    } else if (c == '^' && !first && !text.startsWith("\\(", position - 3)) {
      out.append("\\^");
    } else if (c == '$') {
      out.append(position == text.length() ? "$" : "\\$");
    } else {
      out.append(c);
    }
  }

  private void escape() {
    if (position == text.length()) {
      throw new java.util.regex.PatternSyntaxException("Trailing backslash", text, position - 1);
    }
    char c = text.charAt(position++);
    if (!posix) {
      perlEscape(c);
    } else if (!extended && "(){}+?|".indexOf(c) >= 0) {
      out.append(c);
    } else {
      switch (c) {
        case '<' -> out.append("\\b(?=\\w)");
        case '>' -> out.append("\\b(?<=\\w)");
        case '`' -> out.append("\\A");
        case '\'' -> out.append("\\z");
        case 'w', 'W', 's', 'S', 'b', 'B' -> out.append('\\').append(c);
        default -> {
          if (c >= '1' && c <= '9') {
            out.append('\\').append(c);
          } else {
            literal(c);
          }
        }
      }
    }
  }

  private void perlEscape(char c) {
    if (c == 'Q') {
      int end = text.indexOf("\\E", position);
      String quoted = text.substring(position, end < 0 ? text.length() : end);
      quoted.chars().forEach(one -> literal((char) one));
      position = end < 0 ? text.length() : end + 2;
    } else if (c == 'E') {
      // The end of a quotation that never began says nothing.
      return;
    } else if (Character.isLetterOrDigit(c)) {
      out.append('\\').append(c);
      int close = text.indexOf('}', position);
      if (BRACED.indexOf(c) >= 0 && text.startsWith("{", position) && close > 0) {
        out.append(text, position, close + 1);
        position = close + 1;
      }
    } else {
      literal(c);
    }
  }

  private void literal(char c) {
    boolean plain = Character.isLetterOrDigit(c) || c == '_' || c > 0x7f;
    out.append(plain ? "" : "\\").append(c);
  }

  private void bracket() {
    out.append('[');
    if (position < text.length() && text.charAt(position) == '^') {
      out.append('^');
      position++;
    }
    boolean first = true;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == ']' && !first) {
        out.append(']');
        return;
      }
      first = false;
      if (c == '[' && namedClass()) {
        continue;
      }
      if (c == '\\' && !posix && position < text.length()) {
        char next = text.charAt(position++);
        if (Character.isLetterOrDigit(next)) {
          out.append('\\').append(next);
        } else {
          literal(next);
        }
      } else if (c == '\\' || c == '[' || c == ']' || c == '&' || c == '^' || c == '#'
          || c == ' ') {
        out.append('\\').append(c);
      } else {
        out.append(c);
      }
    }
    throw new java.util.regex.PatternSyntaxException(
        posix ? "Unmatched [, [^, [:, [., or [=" : "missing terminating ] for character class",
        text,
        text.length());
  }

  /** {@code [:alpha:]} and its kin, of which the opening bracket is read already. */
  private boolean namedClass() {
    if (position >= text.length() || text.charAt(position) != ':') {
      return false;
    }
    int end = text.indexOf(":]", position + 1);
    if (end < 0) {
      return false;
    }
    String name = text.substring(position + 1, end);
    boolean negated = name.startsWith("^");
    if (name.equals("word") || name.equals("^word")) {
      out.append(negated ? "\\W" : "\\w");
      position = end + 2;
      return true;
    }
    String java =
        switch (negated ? name.substring(1) : name) {
          case "alpha" -> "Alpha";
          case "digit" -> "Digit";
          case "alnum" -> "Alnum";
          case "upper" -> "Upper";
          case "lower" -> "Lower";
          case "space" -> "Space";
          case "blank" -> "Blank";
          case "punct" -> "Punct";
          case "print" -> "Print";
          case "graph" -> "Graph";
          case "cntrl" -> "Cntrl";
          case "xdigit" -> "XDigit";
          case "ascii" -> "ASCII";
          default ->
              throw new java.util.regex.PatternSyntaxException(
                  "Invalid character class name", text, position);
        };
    out.append(negated ? "\\P{" : "\\p{").append(java).append('}');
    position = end + 2;
    return true;
  }
}
