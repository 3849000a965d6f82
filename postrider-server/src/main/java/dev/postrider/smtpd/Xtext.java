package dev.postrider.smtpd;

import org.jspecify.annotations.Nullable;

/** The encoding of DSN parameters (RFC 3461 §4): {@code +HH} for what is not printable. */
final class Xtext {
  private Xtext() {}

  /** The decoded text, or null if {@code text} is not xtext. */
  static @Nullable String decode(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == '=' || c == 0x7f) {
        return null;
      }
      if (c != '+') {
        out.append(c);
        continue;
      }
      int high = i + 1 < text.length() ? upperHex(text.charAt(i + 1)) : -1;
      int low = i + 2 < text.length() ? upperHex(text.charAt(i + 2)) : -1;
      int decoded = high * 16 + low;
      if (high < 0 || low < 0 || decoded < ' ' || decoded == 0x7f) {
        return null;
      }
      out.append((char) decoded);
      i += 2;
    }
    return out.toString();
  }

  private static int upperHex(char c) {
    return "0123456789ABCDEF".indexOf(c);
  }
}
