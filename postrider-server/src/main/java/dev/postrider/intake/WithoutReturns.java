package dev.postrider.intake;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Content in which any CR is a space, so that none ever leaves this host alone on a line (RFC 5321
 * §2.3.8). For one thread.
 */
final class WithoutReturns extends FilterInputStream {
  WithoutReturns(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int octet = in.read();
    return octet == '\r' ? ' ' : octet;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    for (int i = offset; i < offset + count; i++) {
      if (bytes[i] == '\r') {
        bytes[i] = ' ';
      }
    }
    return count;
  }
}
