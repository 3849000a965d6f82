package dev.postrider.mail.message;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Turns content with LF line ends into what follows DATA on the wire: CRLF, dots doubled at the
 * start of a line, long lines folded, {@code CRLF . CRLF} at the end (RFC 5321 §4.1.1.4, §4.5.2).
 *
 * <p>Whatever comes in, a CR or LF never leaves alone: a stray CR becomes a space. That is what
 * stops others' mail from being smuggled through us (RFC 5321 §2.3.8).
 *
 * <p>For one thread. Serves one message after the other; {@link #finish} makes it ready for the
 * next, {@link #reset} forgets one that was given up.
 */
public final class DotWriter extends OutputStream {
  /** Room that one octet may need: CR LF SP and the octet itself. */
  private static final int WIDEST = 4;

  private final OutputStream out;
  private final int lineLimit;
  private final byte[] buffer;
  private int length;
  private int column;

  /**
   * @param out takes large pieces; needs no buffer of its own
   * @param lineLimit octets of a line without its CRLF; longer ones are broken by CRLF and a space;
   *     0 for no limit
   * @param bufferSize octets gathered before {@code out} is written to
   */
  public DotWriter(OutputStream out, int lineLimit, int bufferSize) {
    this.out = out;
    this.lineLimit = lineLimit > 1 ? lineLimit : Integer.MAX_VALUE;
    this.buffer = new byte[Math.max(bufferSize, 64)];
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int end = offset + count;
    int at = column;
    int n = length;
    for (int i = offset; i < end; i++) {
      if (n > buffer.length - WIDEST) {
        out.write(buffer, 0, n);
        n = 0;
      }
      byte octet = bytes[i];
      if (octet == '\n') {
        buffer[n++] = '\r';
        buffer[n++] = '\n';
        at = 0;
        continue;
      }
      if (at == 0) {
        if (octet == '.') {
          buffer[n++] = '.';
        }
      } else if (at == lineLimit) {
        buffer[n++] = '\r';
        buffer[n++] = '\n';
        buffer[n++] = ' ';
        at = 1;
      }
      buffer[n++] = octet == '\r' ? (byte) ' ' : octet;
      at++;
    }
    column = at;
    length = n;
  }

  /** Ends the last line if it is open, writes the final dot, and hands everything to the wire. */
  public void finish() throws IOException {
    if (length > buffer.length - 5) {
      out.write(buffer, 0, length);
      length = 0;
    }
    if (column != 0) {
      buffer[length++] = '\r';
      buffer[length++] = '\n';
    }
    buffer[length++] = '.';
    buffer[length++] = '\r';
    buffer[length++] = '\n';
    int n = length;
    reset();
    out.write(buffer, 0, n);
    out.flush();
  }

  /** Forgets what was not yet handed to the wire. */
  public void reset() {
    length = 0;
    column = 0;
  }
}
