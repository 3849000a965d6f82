package dev.postrider.mailbox;

import dev.postrider.io.BlockInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file as a stream, by reads that do not move the file's position. */
final class Slice extends BlockInput {
  private final FileChannel channel;
  private long position;
  private final long end;

  Slice(FileChannel channel, long position, long end) {
    this.channel = channel;
    this.position = position;
    this.end = end;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    int wanted = (int) Math.min(length, end - position);
    int got = channel.read(ByteBuffer.wrap(bytes, offset, wanted), position);
    if (got > 0) {
      position += got;
    }
    return got;
  }
}
