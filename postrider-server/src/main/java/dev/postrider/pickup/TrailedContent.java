package dev.postrider.pickup;

import dev.postrider.io.BlockInput;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A message in a stream that must end with a known trailer: the trailer is taken off, and a stream
 * that ends without it throws, so that half a message is never stored. For one thread.
 */
final class TrailedContent extends BlockInput {
  private final InputStream in;
  private final byte[] trailer;
  private final long limit;
  private final byte[] buffer;
  private int start;
  private int end;
  private long total;
  private boolean inputEnded;

  /**
   * @param limit most bytes before it counts as too big; zero for none
   */
  TrailedContent(InputStream in, byte[] trailer, long limit) {
    this.in = in;
    this.trailer = trailer.clone();
    this.limit = limit;
    this.buffer = new byte[64 * 1024];
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!inputEnded && end - start <= trailer.length) {
      fill();
    }
    int ready = end - start - trailer.length;
    if (inputEnded && ready <= 0) {
      requireTrailer();
      return -1;
    }
    int count = Math.min(length, ready);
    System.arraycopy(buffer, start, bytes, offset, count);
    start += count;
    return count;
  }

  private void fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    int count = in.read(buffer, end, buffer.length - end);
    if (count < 0) {
      inputEnded = true;
      return;
    }
    end += count;
    total += count;
    if (limit > 0 && total > limit) {
      throw new SubmissionTooBigException();
    }
  }

  private void requireTrailer() throws IOException {
    boolean whole = end - start == trailer.length;
    for (int i = 0; whole && i < trailer.length; i++) {
      whole = buffer[start + i] == trailer[i];
    }
    if (!whole) {
      throw new EOFException("the submission ended before it was complete");
    }
  }
}
