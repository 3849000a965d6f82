package dev.postrider.helper;

import dev.postrider.io.WaitLimit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Reads from a connection that is ended when nothing comes for too long. For one thread. */
final class TimedInput extends InputStream {
  private final SocketChannel channel;
  private final WaitLimit limit;
  private final long patience;

  TimedInput(SocketChannel channel, WaitLimit limit, Duration patience) {
    this.channel = channel;
    this.limit = limit;
    this.patience = patience.toNanos();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, from, count);
    return limit.within(System.nanoTime() + patience, () -> channel.read(buffer));
  }
}
