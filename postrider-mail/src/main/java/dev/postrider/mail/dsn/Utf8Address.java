package dev.postrider.mail.dsn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of an address of type {@code utf-8} (RFC 6533 §3): ASCII, with {@code \x{F6}} for
 * what is not, and for what xtext and the encoding itself need.
 */
public final class Utf8Address {
  private static final String BEGIN = "\\x{";
  private static final int MOST_DIGITS = 6;

  private Utf8Address() {}

  /**
   * Whether an address with its type, such as {@code utf-8;j\u00f6rg@example.test}, is of this
   * type.
   */
  public static boolean isType(String typed) {
    return typed.regionMatches(true, 0, "utf-8;", 0, 6);
  }

  /** The form that is safe everywhere, {@code utf-8-addr-xtext}. */
  public static String encode(String address) {
    StringBuilder out = new StringBuilder(address.length() + 16);
    for (int i = 0; i < address.length(); ) {
      int point = address.codePointAt(i);
      i += Character.charCount(point);
      if (point > ' ' && point < 0x7f && point != '+' && point != '=' && point != '\\') {
        out.append((char) point);
      } else {
        out.append(BEGIN)
            .append(point < 0x10 ? "0" : "")
            .append(Integer.toHexString(point).toUpperCase(Locale.ROOT))
            .append('}');
      }
    }
    return out.toString();
  }

  /**
   * Reads any of the three forms: ASCII, UTF-8 with some characters encoded, or plain UTF-8.
   *
   * @return null if it is none, or has a control character or half a surrogate pair encoded
   */
  public static @Nullable String decode(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == '+' || c == '=' || c == 0x7f) {
        return null;
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      int end = text.indexOf('}', i);
      if (!text.startsWith(BEGIN, i) || end < 0) {
        return null;
      }
      int point = point(text.substring(i + BEGIN.length(), end));
      if (point < ' '
          || (point >= 0x7f && point < 0xa0)
          || !Character.isValidCodePoint(point)
          || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
        return null;
      }
      out.appendCodePoint(point);
      i = end;
    }
    return out.toString();
  }

  /** The value of upper-case hexadecimal digits, or -1. */
  private static int point(String digits) {
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = "0123456789ABCDEF".indexOf(digits.charAt(i));
      if (digit < 0) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return digits.isEmpty() || digits.length() > MOST_DIGITS ? -1 : value;
  }
}
