package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.io.BlockInput;
import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A part of a file, read as it is. Immutable.
 *
 * @param from where it begins, in bytes
 * @param size how long it is, in bytes
 */
record FileSlice(Disk disk, Path file, long from, long size) implements MessageContent {
  @Override
  public InputStream open() throws IOException {
    if (size == 0) {
      return InputStream.nullInputStream();
    }
    return new Stream(disk.openToRead(file), from, size);
  }

  private static final class Stream extends BlockInput {
    private final DiskFile in;
    private long position;
    private final long end;

    Stream(DiskFile in, long from, long size) {
      this.in = in;
      this.position = from;
      this.end = from + size;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      int wanted = (int) Math.min(length, end - position);
      int count = wanted == 0 ? 0 : in.read(ByteBuffer.wrap(into, at, wanted), position);
      position += count;
      return count == 0 && length > 0 ? -1 : count;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
