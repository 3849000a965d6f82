package dev.postrider.mail.message;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a Content-Type field says (RFC 2045 §5), as far as the structure of a message depends on it.
 * Immutable.
 *
 * @param type lower case, as {@code multipart/mixed}
 * @param boundary of a multipart, or null
 */
record ContentType(String type, @Nullable String boundary) {
  static final ContentType TEXT = new ContentType("text/plain", null);
  static final ContentType MESSAGE = new ContentType("message/rfc822", null);

  /** Longer ones are no boundaries (RFC 2046 §5.1.1 allows 70; Postfix takes 2048). */
  private static final int MOST_BOUNDARY = 2048;

  /** Parses a field's value; anything comes out as some type. */
  static ContentType parse(String value) {
    Cursor cursor = new Cursor(value);
    String type = cursor.word(";").toLowerCase(Locale.ROOT);
    String boundary = null;
    while (cursor.skip(';')) {
      String name = cursor.word("=;");
      if (cursor.skip('=')) {
        String text = cursor.word(";");
        boolean fits = !text.isEmpty() && text.length() <= MOST_BOUNDARY;
        if (name.equalsIgnoreCase("boundary") && boundary == null && fits) {
          boundary = text.stripTrailing();
        }
      }
    }
    return new ContentType(type, boundary);
  }

  boolean isMultipart() {
    return type.startsWith("multipart/") && boundary != null && !boundary.isEmpty();
  }

  boolean isMessage() {
    return type.equals("message/rfc822");
  }

  /** Whether its parts may not be touched, or a signature breaks. */
  boolean isOpaque() {
    return type.equals("multipart/signed") || type.equals("multipart/encrypted");
  }

  /** Types whose body may never be encoded (RFC 2046 §5.1, §5.2.2, §5.2.3). */
  boolean forbidsEncoding() {
    return type.startsWith("multipart/")
        || type.equals("message/partial")
        || type.equals("message/external-body");
  }

  private static final class Cursor {
    private final String text;
    private int at;

    Cursor(String text) {
      this.text = text;
    }

    boolean skip(char c) {
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    /** Text up to one of {@code ends}, without space, comments and quotes. */
    String word(String ends) {
      StringBuilder word = new StringBuilder();
      while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
        char c = text.charAt(at++);
        if (c == '"') {
          quoted(word);
        } else if (c == '(') {
          comment();
        } else if (c > ' ') {
          word.append(c);
        }
      }
      return word.toString();
    }

    private void quoted(StringBuilder word) {
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c == '"') {
          return;
        }
        if (c == '\\' && at < text.length()) {
          c = text.charAt(at++);
        }
        if (c != '\n') {
          word.append(c);
        }
      }
    }

    private void comment() {
      int depth = 1;
      while (at < text.length() && depth > 0) {
        char c = text.charAt(at++);
        if (c == '\\') {
          at++;
        } else if (c == '(') {
          depth++;
        } else if (c == ')') {
          depth--;
        }
      }
      at = Math.min(at, text.length());
    }
  }
}
