package dev.postrider.io;

import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that is read in blocks: who asks for one octet gets it as a block of one, which no
 * reader of messages does often enough to matter. For one thread.
 */
public abstract class BlockInput extends InputStream {
  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] into, int offset, int length) throws IOException;
}
