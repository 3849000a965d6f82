package dev.postrider.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * A file through {@link FileChannel}. The JDK closes a channel when a thread in it is interrupted;
 * one cancelled delivery must not take the file from all others, so a reader opens it again.
 */
final class RealFile implements DiskFile {
  private final Path path;
  private final Set<OpenOption> options;
  private volatile FileChannel channel;
  private volatile boolean closed;

  RealFile(Path path, FileChannel channel, Set<OpenOption> options) {
    this.path = path;
    this.channel = channel;
    this.options = options;
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    int start = into.position();
    while (into.hasRemaining()) {
      int count = readSome(into, position + into.position() - start);
      if (count < 0) {
        break;
      }
    }
    return into.position() - start;
  }

  private int readSome(ByteBuffer into, long position) throws IOException {
    while (true) {
      FileChannel open = channel;
      try {
        return open.read(into, position);
      } catch (ClosedByInterruptException e) {
        throw e;
      } catch (ClosedChannelException e) {
        reopen(e);
      }
    }
  }

  private synchronized void reopen(ClosedChannelException cause) throws IOException {
    if (closed) {
      throw cause;
    }
    if (!channel.isOpen()) {
      channel = FileChannel.open(path, options);
    }
  }

  /** A write is not repeated on a new channel: its force would not speak for the old one. */
  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    FileChannel open = channel;
    long at = position;
    while (from.hasRemaining()) {
      at += open.write(from, at);
    }
  }

  @Override
  public void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    channel.close();
  }
}
