package dev.postrider.helper;

import dev.postrider.io.BlockInput;
import dev.postrider.io.WaitLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Reads from a connection that is ended when nothing comes for too long. For one thread. */
final class TimedInput extends BlockInput {
  private final SocketChannel channel;
  private final WaitLimit limit;
  private final long patience;

  TimedInput(SocketChannel channel, WaitLimit limit, Duration patience) {
    this.channel = channel;
    this.limit = limit;
    this.patience = patience.toNanos();
  }

  @Override
  public int read(byte[] into, int from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, from, count);
    return limit.within(System.nanoTime() + patience, () -> channel.read(buffer));
  }
}
