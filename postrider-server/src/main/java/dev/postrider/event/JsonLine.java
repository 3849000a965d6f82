package dev.postrider.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes lines of JSON into a buffer that is used again. Strings are bounded, control characters
 * escaped, so that a line stays a line. For one thread.
 */
final class JsonLine {
  /** Of one string, in characters. */
  static final int MOST_TEXT = 1_000;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[64 << 10];
  private int size;

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /** Begins an object; the first field follows without a comma. */
  void open() {
    put((byte) '{');
  }

  void close() {
    put((byte) '}');
    put((byte) '\n');
  }

  void field(String name, String value) {
    name(name);
    string(value, MOST_TEXT);
  }

  /** Of any length: for what the caller has bounded. */
  void wholeField(String name, String value) {
    name(name);
    string(value, value.length());
  }

  void field(String name, long value) {
    name(name);
    ascii(Long.toString(value));
  }

  void field(String name, Iterable<String> values) {
    name(name);
    put((byte) '[');
    boolean first = true;
    for (String value : values) {
      if (!first) {
        put((byte) ',');
      }
      first = false;
      string(value, MOST_TEXT);
    }
    put((byte) ']');
  }

  private void name(String name) {
    if (bytes[size - 1] != '{') {
      put((byte) ',');
    }
    put((byte) '"');
    ascii(name);
    put((byte) '"');
    put((byte) ':');
  }

  private void string(String value, int most) {
    put((byte) '"');
    int end = Math.min(value.length(), most);
    if (end < value.length() && Character.isHighSurrogate(value.charAt(end - 1))) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c >= ' ' && c < 0x7f) {
        if (c == '"' || c == '\\') {
          put((byte) '\\');
        }
        put((byte) c);
      } else {
        i += other(value, i);
      }
    }
    if (end < value.length()) {
      ascii("...");
    }
    put((byte) '"');
  }

  /** Returns how many characters beyond the first were written. */
  private int other(String value, int at) {
    char c = value.charAt(at);
    boolean pair =
        Character.isHighSurrogate(c)
            && at + 1 < value.length()
            && Character.isLowSurrogate(value.charAt(at + 1));
    if (pair) {
      for (byte octet : value.substring(at, at + 2).getBytes(StandardCharsets.UTF_8)) {
        put(octet);
      }
      return 1;
    }
    // C0, DEL, C1, Unicode's line ends, and halves of pairs, which UTF-8 cannot hold.
    if (c < 0xa0 || c == '\u2028' || c == '\u2029' || Character.isSurrogate(c)) {
      ascii("\\u");
      for (int shift = 12; shift >= 0; shift -= 4) {
        put(HEX[c >> shift & 15]);
      }
    } else if (c < 0x800) {
      put((byte) (0xc0 | (c >> 6)));
      put((byte) (0x80 | (c & 0x3f)));
    } else {
      put((byte) (0xe0 | (c >> 12)));
      put((byte) (0x80 | ((c >> 6) & 0x3f)));
      put((byte) (0x80 | (c & 0x3f)));
    }
    return 0;
  }

  private void ascii(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[size++] = (byte) text.charAt(i);
    }
  }

  private void put(byte octet) {
    room(1);
    bytes[size++] = octet;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
