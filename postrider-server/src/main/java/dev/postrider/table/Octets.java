package dev.postrider.table;

import java.nio.charset.StandardCharsets;

/**
 * Text of table files as strings, without loss: UTF-8 where it is UTF-8, and every other byte as a
 * lone surrogate {@code U+DC80} to {@code U+DCFF}, which no valid text can hold. What is decoded
 * here and encoded again is the same bytes, so that tables in an old encoding keep working.
 * Stateless.
 */
public final class Octets {
  private static final char ESCAPE = '\uDC00';

  private Octets() {}

  /** Decodes a whole array. */
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** Decodes a part of an array. */
  public static String decode(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0) {
        return decodeWide(bytes, from, to);
      }
    }
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** The bytes of a string, those of {@link #decode} included. */
  public static byte[] encode(String text) {
    if (isValid(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    byte[] out = new byte[3 * text.length()];
    int length = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (isEscaped(text, i)) {
        out[length++] = (byte) (c - ESCAPE);
        i++;
        continue;
      }
      int width = Character.charCount(text.codePointAt(i));
      byte[] one = text.substring(i, i + width).getBytes(StandardCharsets.UTF_8);
      System.arraycopy(one, 0, out, length, one.length);
      length += one.length;
      i += width;
    }
    return java.util.Arrays.copyOf(out, length);
  }

  /** Whether every byte of the decoded text was UTF-8. */
  public static boolean isValid(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isEscaped(text, i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEscaped(String text, int i) {
    char c = text.charAt(i);
    return c >= '\uDC80'
        && c <= '\uDCFF'
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  private static String decodeWide(byte[] bytes, int from, int to) {
    StringBuilder out = new StringBuilder(to - from);
    int i = from;
    while (i < to) {
      int width = width(bytes, i, to);
      if (width == 0) {
        out.append((char) (ESCAPE + (bytes[i] & 0xff)));
        i++;
      } else if (width == 1) {
        out.append((char) bytes[i++]);
      } else {
        out.append(new String(bytes, i, width, StandardCharsets.UTF_8));
        i += width;
      }
    }
    return out.toString();
  }

  /** How many bytes the well-formed character at {@code i} takes (Unicode table 3-7); 0 if none. */
  private static int width(byte[] bytes, int i, int to) {
    int first = bytes[i] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
      return 0;
    }
    int width = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (i + width > to) {
      return 0;
    }
    for (int k = 1; k < width; k++) {
      if ((bytes[i + k] & 0xc0) != 0x80) {
        return 0;
      }
    }
    int second = bytes[i + 1] & 0xff;
    boolean outside =
        switch (first) {
          case 0xe0 -> second < 0xa0;
          case 0xed -> second > 0x9f;
          case 0xf0 -> second < 0x90;
          case 0xf4 -> second > 0x8f;
          default -> false;
        };
    return outside ? 0 : width;
  }
}
