package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;

/**
 * The words and operators of an address list (RFC 822 §3.3), as aliases and tables of addresses
 * have it. Lenient: an unfinished string or comment ends with the text. Stateless.
 */
final class AddressTokens {
  /** What a token is. */
  enum Kind {
    /** A word, with its meaning: backslashes resolved. */
    ATOM,
    /** A quoted string, with its meaning. */
    QUOTED,
    /** A comment as written, parentheses included. */
    COMMENT,
    /** A domain literal as written, brackets included. */
    LITERAL,
    /** One of {@code < > , ; : @ .}. */
    OPERATOR
  }

  /** One token. */
  record Token(Kind kind, String text) {
    boolean is(char operator) {
      return kind == Kind.OPERATOR && text.charAt(0) == operator;
    }
  }

  private static final String OPERATORS = "<>,;:@.";
  private static final String SPECIALS = "()<>@,;:\\\".[]";

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int position;

  private AddressTokens(String text) {
    this.text = text;
  }

  static List<Token> scan(String text) {
    AddressTokens scanner = new AddressTokens(text);
    scanner.scanAll();
    return List.copyOf(scanner.tokens);
  }

  /** The tokens spelled again, as postalias stores them. */
  static String print(List<Token> tokens) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      switch (token.kind()) {
        case QUOTED -> quote(out, token.text());
        case ATOM -> {
          if (needsQuotes(token.text())) {
            quote(out, token.text());
          } else {
            out.append(token.text());
          }
        }
        case COMMENT, LITERAL, OPERATOR -> out.append(token.text());
      }
      boolean last = i + 1 == tokens.size();
      boolean apart =
          token.is(',')
              || (!last && tokens.get(i + 1).is('<') && !token.is('<'))
              || (!last
                  && token.kind() != Kind.OPERATOR
                  && tokens.get(i + 1).kind() != Kind.OPERATOR);
      if (apart) {
        out.append(' ');
      }
    }
    return out.toString();
  }

  private void scanAll() {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (LogicalLines.isSpace(c) || c < ' ' || c == 0x7f) {
        position++;
      } else if (c == '"') {
        tokens.add(new Token(Kind.QUOTED, quoted()));
      } else if (c == '(') {
        tokens.add(new Token(Kind.COMMENT, comment()));
      } else if (c == '[') {
        tokens.add(new Token(Kind.LITERAL, literal()));
      } else if (OPERATORS.indexOf(c) >= 0 || c == ']' || c == ')') {
        tokens.add(new Token(Kind.OPERATOR, String.valueOf(c)));
        position++;
      } else {
        tokens.add(new Token(Kind.ATOM, atom()));
      }
    }
  }

  private String quoted() {
    StringBuilder out = new StringBuilder();
    position++;
    while (position < text.length() && text.charAt(position) != '"') {
      if (text.charAt(position) == '\\' && position + 1 < text.length()) {
        position++;
      }
      out.append(text.charAt(position++));
    }
    position++;
    return out.toString();
  }

  private String comment() {
    int start = position;
    int depth = 0;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '\\') {
        position++;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        break;
      }
    }
    position = Math.min(position, text.length());
    return text.substring(start, position);
  }

  private String literal() {
    int start = position;
    int end = text.indexOf(']', start);
    position = end < 0 ? text.length() : end + 1;
    return text.substring(start, position);
  }

  private String atom() {
    StringBuilder out = new StringBuilder();
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '\\') {
        position++;
        if (position == text.length()) {
          break;
        }
        out.append(text.charAt(position++));
        continue;
      }
      if (LogicalLines.isSpace(c) || c < ' ' || c == 0x7f || SPECIALS.indexOf(c) >= 0) {
        break;
      }
      out.append(c);
      position++;
    }
    return out.toString();
  }

  private static boolean needsQuotes(String atom) {
    for (int i = 0; i < atom.length(); i++) {
      char c = atom.charAt(i);
      if (c <= ' ' || c == 0x7f || SPECIALS.indexOf(c) >= 0) {
        return true;
      }
    }
    return atom.isEmpty();
  }

  private static void quote(StringBuilder out, String word) {
    out.append('"');
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }
}
