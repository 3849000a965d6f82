package dev.postrider.mailbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Messages as they stand in an mbox: a line that could part messages is quoted. Functions only. */
final class MboxText {
  private static final byte[] FROM = "From ".getBytes(StandardCharsets.ISO_8859_1);

  private MboxText() {}

  /**
   * Copies a message, its lines that begin with {@code From } quoted with {@code >}, ended by an
   * empty line.
   */
  static void copy(InputStream message, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    int matched = 0;
    int newlines = 1;
    for (int got = message.read(buffer); got >= 0; got = message.read(buffer)) {
      for (int i = 0; i < got; i++) {
        byte b = buffer[i];
        if (matched >= 0 && b == FROM[matched]) {
          matched++;
          if (matched == FROM.length) {
            out.write('>');
            out.write(FROM);
            matched = -1;
          }
          newlines = 0;
          continue;
        }
        if (matched > 0) {
          out.write(FROM, 0, matched);
        }
        out.write(b);
        matched = b == '\n' ? 0 : -1;
        newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
      }
    }
    if (matched > 0) {
      out.write(FROM, 0, matched);
    }
    for (; newlines < 2; newlines++) {
      out.write('\n');
    }
  }

  /** Copies what an mbox had: it is quoted as far as it has to be, but may lack the empty line. */
  static void copyAsItIs(InputStream message, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    int newlines = 0;
    for (int got = message.read(buffer); got >= 0; got = message.read(buffer)) {
      out.write(buffer, 0, got);
      for (int i = Math.max(0, got - 3); i < got; i++) {
        newlines = buffer[i] == '\n' ? newlines + 1 : buffer[i] == '\r' ? newlines : 0;
      }
    }
    for (; newlines < 2; newlines++) {
      out.write('\n');
    }
  }

  static byte[] quoted(byte[] message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(message.length + 64);
    copy(new ByteArrayInputStream(message), out);
    return out.toByteArray();
  }
}
