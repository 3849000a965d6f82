package dev.postrider.mail.message;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Quoted-printable (RFC 2045 §6.7) over lines ended by LF. An object encodes one part, in as many
 * pieces as it comes in; for one thread.
 */
public final class QuotedPrintable {
  private static final String HEX = "0123456789ABCDEF";

  /** Characters on a line before the soft break (76 with its {@code =}). */
  private static final int MOST = 75;

  private final OutputStream out;
  private int column;

  /** Space or tab not yet written, because at the end of a line it must be encoded; or -1. */
  private int held = -1;

  public QuotedPrintable(OutputStream out) {
    this.out = out;
  }

  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i] & 0xff);
    }
  }

  private void write(int b) throws IOException {
    if (b == '\n') {
      finish();
      out.write('\n');
      column = 0;
      return;
    }
    if (held >= 0) {
      literal(held);
      held = -1;
    }
    if (b == ' ' || b == '\t') {
      held = b;
    } else if (b > ' ' && b < 0x7f && b != '=') {
      literal(b);
    } else {
      hex(b);
    }
  }

  /** Writes what was held back; no line end is added. */
  public void finish() throws IOException {
    if (held >= 0) {
      hex(held);
      held = -1;
    }
  }

  private void literal(int b) throws IOException {
    room(1);
    out.write(b);
    column++;
  }

  private void hex(int b) throws IOException {
    room(3);
    out.write('=');
    out.write(HEX.charAt(b >> 4));
    out.write(HEX.charAt(b & 15));
    column += 3;
  }

  private void room(int width) throws IOException {
    if (column + width > MOST) {
      out.write('=');
      out.write('\n');
      column = 0;
    }
  }

  /** Decodes; what is no valid sequence stays as it is. */
  public static byte[] decode(byte[] encoded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      if (encoded[i] != '=' || i + 1 >= encoded.length) {
        out.write(encoded[i]);
      } else if (encoded[i + 1] == '\n') {
        i++;
      } else if (i + 2 < encoded.length
          && digit(encoded[i + 1]) >= 0
          && digit(encoded[i + 2]) >= 0) {
        out.write(digit(encoded[i + 1]) * 16 + digit(encoded[i + 2]));
        i += 2;
      } else {
        out.write('=');
      }
    }
    return out.toByteArray();
  }

  private static int digit(byte b) {
    return Character.digit(b, 16);
  }
}
