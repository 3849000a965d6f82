package dev.postrider.intake;

import dev.postrider.mail.message.OctetScan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes a message's content and stops writing, but not counting, at a limit or at the first
 * failure: the content must be read to its end in any case. For one thread.
 */
final class ContentWriter extends OutputStream {
  private static final int BUFFER = 8 * 1024;

  private final OutputStream out;
  private final long limit;
  private final byte[] buffer = new byte[BUFFER];
  private int length;
  private byte last;
  private long count;
  private boolean eightBit;
  private @Nullable IOException failure;

  /**
   * @param limit most bytes to write; 0 is no limit
   */
  ContentWriter(OutputStream out, long limit) {
    this.out = out;
    this.limit = limit > 0 ? limit : Long.MAX_VALUE;
  }

  boolean tooLarge() {
    return count > limit;
  }

  /** Whether an octet above 127 was among what was stored. */
  boolean eightBit() {
    return eightBit;
  }

  /** Why the store could not take what was written; null if it could. */
  @Nullable IOException failure() {
    return failure;
  }

  /** One line of text that came out of a message: each character is one byte. */
  void line(String octets) {
    for (int i = 0; i < octets.length(); i++) {
      write(octets.charAt(i));
    }
    write('\n');
  }

  /** One line of text of our own, in UTF-8. */
  void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(bytes, 0, bytes.length);
    write('\n');
  }

  /** Ends the last line, if it did not end. */
  void endLine() {
    if (last != '\n') {
      write('\n');
    }
  }

  @Override
  public void write(int b) {
    count++;
    if (length == BUFFER) {
      drain();
    }
    last = (byte) b;
    buffer[length++] = last;
  }

  @Override
  public void write(byte[] bytes, int offset, int size) {
    if (size == 0) {
      return;
    }
    count += size;
    last = bytes[offset + size - 1];
    if (size > BUFFER - length) {
      drain();
    }
    if (size > BUFFER) {
      pass(bytes, offset, size);
      return;
    }
    System.arraycopy(bytes, offset, buffer, length, size);
    length += size;
  }

  @Override
  public void flush() {
    drain();
  }

  private void drain() {
    pass(buffer, 0, length);
    length = 0;
  }

  private void pass(byte[] bytes, int offset, int size) {
    if (failure != null || tooLarge() || size == 0) {
      return;
    }
    eightBit = eightBit || OctetScan.hasEightBit(bytes, offset, offset + size);
    try {
      out.write(bytes, offset, size);
    } catch (IOException e) {
      failure = e;
    }
  }
}
