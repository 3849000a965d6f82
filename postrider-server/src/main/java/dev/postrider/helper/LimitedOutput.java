package dev.postrider.helper;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Writes into a file, up to a size, and remembers when that failed: what a payload throws otherwise
 * is its own trouble. For one thread.
 */
final class LimitedOutput extends OutputStream {
  private static final int BUFFER = 65_536;

  private final WritableByteChannel file;
  private final byte[] buffer = new byte[BUFFER];
  private long left;
  private int filled;
  private @Nullable IOException failure;

  /**
   * Begins.
   *
   * @param left octets that may be written
   */
  LimitedOutput(WritableByteChannel file, long left) {
    this.file = file;
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
      send(octets, from, count);
      return;
    }
    System.arraycopy(octets, from, buffer, filled, count);
    filled += count;
  }

  @Override
  public void flush() throws IOException {
    int count = filled;
    filled = 0;
    send(buffer, 0, count);
  }

  private void send(byte[] octets, int from, int count) throws IOException {
    try {
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
