package dev.postrider.mailbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The octets of an mbox while it is rewritten, so that tests can stop between any two steps. */
interface Storage {
  long size() throws IOException;

  /** Reads as many octets as fit, fewer only at the end. */
  byte[] read(long position, int length) throws IOException;

  void write(long position, byte[] bytes, int length) throws IOException;

  void truncate(long size) throws IOException;

  void force() throws IOException;

  /** A real file. */
  record Channel(FileChannel channel) implements Storage {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public byte[] read(long position, int length) throws IOException {
      return new Slice(channel, position, position + length).readNBytes(length);
    }

    @Override
    public void write(long position, byte[] bytes, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
      while (buffer.hasRemaining()) {
        channel.write(buffer, position + buffer.position());
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
      channel.force(true);
    }
  }
}
