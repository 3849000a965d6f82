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
  private static final byte[] SPACE = {' '};

  private final OutputStream out;
  private final int lineLimit;
  private final boolean dots;
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
    this(out, lineLimit, bufferSize, /* dots= */ true);
  }

  private DotWriter(OutputStream out, int lineLimit, int bufferSize, boolean dots) {
    this.out = out;
    this.dots = dots;
    this.lineLimit = lineLimit > 1 ? lineLimit : Integer.MAX_VALUE;
    this.buffer = new byte[Math.max(bufferSize, 64)];
  }

  /**
   * For content that is counted (BDAT, RFC 3030): the same lines, but no dot is doubled and none
   * ends it; {@link #finish} flushes {@code out}, and nothing else does.
   */
  public static DotWriter withoutDots(OutputStream out, int lineLimit, int bufferSize) {
    return new DotWriter(out, lineLimit, bufferSize, /* dots= */ false);
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int end = offset + count;
    for (int i = offset; i < end; i++) {
      int lineEnd = OctetScan.lineEnd(bytes, i, end);
      if (lineEnd > i) {
        text(bytes, i, lineEnd - i);
      }
      if (lineEnd < end) {
        if (bytes[lineEnd] == '\n') {
          endLine();
        } else {
          text(SPACE, 0, 1);
        }
      }
      i = lineEnd;
    }
  }

  private void endLine() throws IOException {
    makeRoom(2);
    buffer[length++] = '\r';
    buffer[length++] = '\n';
    column = 0;
  }

  /** Octets without line ends. */
  private void text(byte[] octets, int offset, int count) throws IOException {
    if (dots && column == 0 && octets[offset] == '.') {
      makeRoom(1);
      buffer[length++] = '.';
    }
    int done = 0;
    while (done < count) {
      if (column == lineLimit) {
        endLine();
        makeRoom(1);
        buffer[length++] = ' ';
        column = 1;
      }
      makeRoom(1);
      int part = Math.min(Math.min(count - done, lineLimit - column), buffer.length - length);
      System.arraycopy(octets, offset + done, buffer, length, part);
      length += part;
      column += part;
      done += part;
    }
  }

  private void makeRoom(int octets) throws IOException {
    if (length > buffer.length - octets) {
      int full = length;
      length = 0;
      out.write(buffer, 0, full);
    }
  }

  /**
   * Ends the last line if it is open, writes the final dot if there is one, and hands everything to
   * the wire.
   */
  public void finish() throws IOException {
    makeRoom(5);
    if (column != 0) {
      buffer[length++] = '\r';
      buffer[length++] = '\n';
    }
    if (dots) {
      buffer[length++] = '.';
      buffer[length++] = '\r';
      buffer[length++] = '\n';
    }
    int n = length;
    reset();
    out.write(buffer, 0, n);
    out.flush();
  }

  /** Ends the last line if it is open, and hands everything so far to the wire. */
  public void handOver() throws IOException {
    if (column != 0) {
      endLine();
    }
    int n = length;
    length = 0;
    out.write(buffer, 0, n);
    out.flush();
  }

  /** Forgets what was not yet handed to the wire. */
  public void reset() {
    length = 0;
    column = 0;
  }
}
