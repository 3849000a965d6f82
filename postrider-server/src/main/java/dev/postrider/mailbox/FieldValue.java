package dev.postrider.mailbox;

import dev.postrider.mail.message.EncodedWord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A value with parameters: Content-Type, Content-Disposition (RFC 2045 §5, with the continued and
 * encoded parameters of RFC 2231). Anything comes out as something. Immutable.
 *
 * @param word what stands before the first semicolon, in lower case
 * @param parameters by lower-case name, decoded
 */
record FieldValue(String word, Map<String, String> parameters) {
  /** Pieces of one parameter; more belong to no file name. */
  private static final int MOST_PIECES = 50;

  FieldValue {
    parameters = Map.copyOf(parameters);
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  static FieldValue parse(String text) {
    Cursor cursor = new Cursor(text);
    String word = cursor.word(";").toLowerCase(Locale.ROOT);
    Map<String, String> raw = new HashMap<>();
    while (cursor.skip()) {
      String name = cursor.word("=;").toLowerCase(Locale.ROOT);
      if (cursor.at('=') && cursor.skip()) {
        raw.putIfAbsent(name, cursor.word(";"));
      }
    }
    Map<String, String> parameters = new HashMap<>();
    for (String name : raw.keySet()) {
      int star = name.indexOf('*');
      String plain = star < 0 ? name : name.substring(0, star);
      parameters.computeIfAbsent(plain, key -> decoded(key, raw));
    }
    return new FieldValue(word, parameters);
  }

  private static String decoded(String name, Map<String, String> raw) {
    String whole = raw.get(name + "*");
    if (whole != null) {
      return extended(whole);
    }
    StringBuilder pieces = new StringBuilder();
    boolean encoded = false;
    for (int i = 0; i < MOST_PIECES; i++) {
      String plain = raw.get(name + "*" + i);
      String coded = raw.get(name + "*" + i + "*");
      if (plain == null && coded == null) {
        break;
      }
      encoded |= coded != null;
      pieces.append(coded == null ? plain : coded);
    }
    if (!pieces.isEmpty()) {
      return encoded ? extended(pieces.toString()) : pieces.toString();
    }
    // Not allowed, but what most programs do.
    String value = raw.getOrDefault(name, "");
    return EncodedWord.decode(utf8(value));
  }

  /** {@code charset'language'percent-encoded}. */
  private static String extended(String text) {
    int first = text.indexOf('\'');
    int second = first < 0 ? -1 : text.indexOf('\'', first + 1);
    if (second < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = second + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
      if (low >= 0) {
        bytes.write(high * 16 + low);
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return new String(bytes.toByteArray(), charset(text.substring(0, first)));
  }

  /** The charset of that name; what is unknown or missing is read as UTF-8. */
  static Charset charset(String name) {
    try {
      return name.isEmpty() || name.equalsIgnoreCase("us-ascii")
          ? StandardCharsets.UTF_8
          : Charset.forName(name);
    } catch (IllegalArgumentException e) {
      return StandardCharsets.UTF_8;
    }
  }

  static String utf8(String octets) {
    return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static final class Cursor {
    private final String text;
    private int at;

    Cursor(String text) {
      this.text = text;
    }

    boolean at(char c) {
      return at < text.length() && text.charAt(at) == c;
    }

    boolean skip() {
      return at++ < text.length();
    }

    /** Up to one of {@code ends}, without white space, quotes and comments. */
    String word(String ends) {
      StringBuilder word = new StringBuilder();
      boolean quoted = false;
      int comment = 0;
      for (; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '\\' && (quoted || comment > 0) && at + 1 < text.length()) {
          at++;
          if (comment == 0) {
            word.append(text.charAt(at));
          }
        } else if (comment > 0) {
          comment += c == '(' ? 1 : c == ')' ? -1 : 0;
        } else if (c == '"') {
          quoted = !quoted;
        } else if (quoted) {
          word.append(c == '\n' ? ' ' : c);
        } else if (c == '(') {
          comment = 1;
        } else if (ends.indexOf(c) >= 0) {
          break;
        } else if (c > ' ') {
          word.append(c);
        }
      }
      return word.toString();
    }
  }
}
