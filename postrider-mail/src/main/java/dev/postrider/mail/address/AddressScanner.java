package dev.postrider.mail.address;

import dev.postrider.mail.address.AddressToken.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits text into tokens from left to right. Understands everything in some way: an unterminated
 * quote, comment or literal ends with the text. Linear in the input; for one thread.
 */
final class AddressScanner {
  /** These stand alone, as in Postfix; {@code %} and {@code !} join names in old addresses. */
  private static final String OPERATORS = "|\"(),.:;<>@[]%!\\";

  private final String input;
  private int at;

  private AddressScanner(String input) {
    this.input = input;
  }

  static List<AddressToken> scan(String input) {
    AddressScanner scanner = new AddressScanner(input);
    List<AddressToken> tokens = new ArrayList<>();
    while (scanner.skipSpace()) {
      AddressToken token = scanner.next();
      if (token != null) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  /** Space and control characters that C counts as space; NUL too, which no address may hold. */
  static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
  }

  private boolean skipSpace() {
    while (at < input.length() && isSpace(input.charAt(at))) {
      at++;
    }
    return at < input.length();
  }

  private @Nullable AddressToken next() {
    int start = at;
    char c = input.charAt(at);
    return switch (c) {
      case '(' -> comment(start);
      case '"' -> {
        at++;
        String text = collectUntil('"');
        yield new AddressToken(Kind.QUOTED, text, start, at);
      }
      case '[' -> {
        at++;
        String text = collectUntil(']');
        yield new AddressToken(Kind.LITERAL, text, start, at);
      }
      default -> c == '\\' || OPERATORS.indexOf(c) < 0 ? atom(start) : operator(start, c);
    };
  }

  private AddressToken operator(int start, char c) {
    at++;
    return new AddressToken(Kind.OPERATOR, String.valueOf(c), start, at);
  }

  private @Nullable AddressToken atom(int start) {
    StringBuilder text = new StringBuilder();
    boolean plain = true;
    while (at < input.length()) {
      char c = input.charAt(at);
      if (c == '\\') {
        if (++at == input.length()) {
          break;
        }
        c = input.charAt(at);
      } else if (isSpace(c) || OPERATORS.indexOf(c) >= 0) {
        break;
      }
      plain &= c > ' ' && c != 0x7f && OPERATORS.indexOf(c) < 0;
      text.append(isSpace(c) ? ' ' : c);
      at++;
    }
    if (text.isEmpty()) {
      return null;
    }
    return new AddressToken(plain ? Kind.ATOM : Kind.QUOTED, text.toString(), start, at);
  }

  private String collectUntil(char close) {
    StringBuilder text = new StringBuilder();
    while (at < input.length()) {
      char c = input.charAt(at++);
      if (c == close) {
        break;
      }
      if (c == '\\') {
        if (at == input.length()) {
          break;
        }
        c = input.charAt(at++);
      }
      text.append(isSpace(c) ? ' ' : c);
    }
    return text.toString();
  }

  /** Comments nest and keep their backslashes: they are printed back as they are. */
  private AddressToken comment(int start) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    while (at < input.length()) {
      char c = input.charAt(at++);
      text.append(isSpace(c) ? ' ' : c);
      if (c == '\\' && at < input.length()) {
        char escaped = input.charAt(at++);
        text.append(isSpace(escaped) ? ' ' : escaped);
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        break;
      }
    }
    return new AddressToken(Kind.COMMENT, text.toString(), start, at);
  }
}
