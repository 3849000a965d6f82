package dev.postrider.helper;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes into a file, up to a size, and remembers when that failed: what a payload throws otherwise
 * is its own trouble. For one thread.
 */
final class LimitedOutput extends OutputStream {
  private static final int BUFFER = 65_536;

  /** Hears of the first octets before they are written. */
  @FunctionalInterface
  interface Begin {
    /**
     * Called once.
     *
     * @param whole whether that is all
     * @throws IOException if it must not be written
     */
    void before(byte[] head, boolean whole) throws IOException;
  }

  private final WritableByteChannel file;
  private final byte[] buffer = new byte[BUFFER];
  private final Begin begin;
  private long left;
  private boolean begun;
  private int filled;
  private @Nullable IOException failure;

  /**
   * Begins.
   *
   * @param left octets that may be written
   * @param begin hears of the first
   */
  LimitedOutput(WritableByteChannel file, long left, Begin begin) {
    this.file = file;
    this.begin = begin;
    this.left = left;
  }

  /** Why the file could not be written, or null if it could. */
  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public void write(int octet) throws IOException {
    if (filled == buffer.length) {
      flush();
    }
    buffer[filled++] = (byte) octet;
  }

  @Override
  public void write(byte[] octets, int from, int count) throws IOException {
    if (count >= buffer.length - filled) {
      flush();
      send(octets, from, count, false);
      return;
    }
    System.arraycopy(octets, from, buffer, filled, count);
    filled += count;
  }

  /** Writes what is held back so far. */
  @Override
  public void flush() throws IOException {
    int count = filled;
    filled = 0;
    send(buffer, 0, count, false);
  }

  /** Writes the rest: nothing follows. */
  void finish() throws IOException {
    int count = filled;
    filled = 0;
    send(buffer, 0, count, true);
  }

  private void send(byte[] octets, int from, int count, boolean last) throws IOException {
    if (count == 0) {
      return;
    }
    try {
      if (!begun) {
        begun = true;
        int most = Math.min(count, BUFFER);
        begin.before(Arrays.copyOfRange(octets, from, from + most), last && most == count);
      }
      if (count > left) {
        throw new IOException("File too large");
      }
      left -= count;
      ByteBuffer rest = ByteBuffer.wrap(octets, from, count);
      while (rest.hasRemaining()) {
        int _ = file.write(rest);
      }
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
