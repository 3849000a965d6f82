package dev.postrider.io;

import java.io.Flushable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of bounded length out of a stream of bytes, and the bytes between them. For one thread.
 *
 * <p>A line ends at LF; CRs in front of it belong to the line end; a CR elsewhere is text. What is
 * longer than the limit is read to its end and thrown away, so memory stays bounded and the next
 * line is a line.
 */
public final class LineReader {
  private static final int BUFFER = 16 * 1024;

  private final InputStream in;
  private final int limit;
  private final Flushable beforeBlocking;
  private final byte[] buffer = new byte[BUFFER];
  private final byte[] line;
  private final Raw raw = new Raw();
  private int position;
  private int end;
  private boolean truncated;

  /**
   * A reader of one stream.
   *
   * @param limit the longest line kept, in bytes without the line end
   * @param beforeBlocking flushed before every read that may wait: answers go out while we listen
   */
  public LineReader(InputStream in, int limit, Flushable beforeBlocking) {
    this.in = in;
    this.limit = limit;
    this.beforeBlocking = beforeBlocking;
    this.line = new byte[limit];
  }

  /**
   * The next line, one {@code char} a byte, without its line end; null at the end of the stream. An
   * unfinished line at the end of the stream is no line.
   */
  public @Nullable String line() throws IOException {
    truncated = false;
    int length = 0;
    int pendingCr = 0;
    while (true) {
      if (position == end && !fill()) {
        return null;
      }
      while (position < end) {
        byte b = buffer[position++];
        if (b == '\n') {
          return new String(line, 0, length, StandardCharsets.ISO_8859_1);
        }
        if (b == '\r') {
          pendingCr++;
          continue;
        }
        for (; pendingCr > 0; pendingCr--) {
          length = append(length, (byte) '\r');
        }
        length = append(length, b);
      }
      // CRs beyond the limit would be cut anyway: a client cannot make the counter run long.
      pendingCr = Math.min(pendingCr, limit + 1);
    }
  }

  private int append(int length, byte b) {
    if (length == limit) {
      truncated = true;
      return length;
    }
    line[length] = b;
    return length + 1;
  }

  /** Whether the last line was longer than the limit. */
  public boolean truncated() {
    return truncated;
  }

  /** Whether bytes wait here already, so that the next read of them cannot block. */
  public boolean hasBuffered() {
    return position < end;
  }

  /** Bytes that have arrived, here or in the stream beneath, as far as that can be known. */
  public int arrived() throws IOException {
    return end - position + in.available();
  }

  /** What waits here already, at most {@code most} bytes, without taking it. */
  public byte[] peek(int most) {
    int length = Math.min(most, end - position);
    byte[] copy = new byte[length];
    System.arraycopy(buffer, position, copy, 0, length);
    return copy;
  }

  /** Waits for at least one byte; false at the end of the stream. */
  public boolean await() throws IOException {
    return position < end || fill();
  }

  /** The bytes from here on as a stream; supports mark. Closing it does nothing. */
  public InputStream raw() {
    return raw;
  }

  private boolean fill() throws IOException {
    beforeBlocking.flush();
    int length = in.read(buffer, 0, BUFFER);
    position = 0;
    end = Math.max(length, 0);
    return length > 0;
  }

  /** Reads never cross a refill, so a mark made just before a read always holds for it. */
  private final class Raw extends InputStream {
    private int marked;

    @Override
    public int read() throws IOException {
      return await() ? buffer[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (position == end) {
        if (!fill()) {
          return -1;
        }
        marked = 0;
      }
      int taken = Math.min(length, end - position);
      System.arraycopy(buffer, position, target, offset, taken);
      position += taken;
      return taken;
    }

    @Override
    public boolean markSupported() {
      return true;
    }

    @Override
    public synchronized void mark(int readLimit) {
      marked = position;
    }

    @Override
    public synchronized void reset() {
      position = marked;
    }
  }
}
