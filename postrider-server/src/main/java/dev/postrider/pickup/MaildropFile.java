package dev.postrider.pickup;

import dev.postrider.io.FileFacts;
import dev.postrider.io.PinnedFile;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/** A complete, opened maildrop file of a known owner. For one thread. */
final class MaildropFile implements AutoCloseable {
  /** What lies under a name in the maildrop directory. */
  sealed interface Found {
    record Complete(MaildropFile file) implements Found {}

    /** Being written, or left by a sendmail that was killed. */
    record Incomplete(Instant modified) implements Found {}

    /** Nothing sendmail makes: never touched. */
    record Foreign(String reason) implements Found {}

    record Gone() implements Found {}
  }

  private final Path path;
  private final FileChannel channel;
  private final FileFacts facts;
  private final long contentEnd;

  private MaildropFile(Path path, FileChannel channel, FileFacts facts, long contentEnd) {
    this.path = path;
    this.channel = channel;
    this.facts = facts;
    this.contentEnd = contentEnd;
  }

  /** Looks, and opens it if it is complete. */
  static Found find(Path path) throws IOException {
    try {
      return open(path);
    } catch (NoSuchFileException e) {
      return new Found.Gone();
    }
  }

  private static Found open(Path path) throws IOException {
    FileFacts named = FileFacts.of(path, LinkOption.NOFOLLOW_LINKS);
    if (!named.regular()) {
      return new Found.Foreign("it is no regular file");
    }
    // By now it may be something else; from here on it is the opened file that counts.
    PinnedFile file = PinnedFile.open(path);
    boolean handedOn = false;
    try {
      FileFacts facts = file.facts();
      if (facts.links() > 1) {
        return new Found.Foreign("it has " + facts.links() + " links");
      }
      if (facts.links() == 0) {
        return new Found.Gone();
      }
      FileChannel channel = file.channel();
      byte[] trailer = MaildropHeader.trailer(String.valueOf(path.getFileName()));
      long contentEnd = channel.size() - trailer.length;
      if (contentEnd < MaildropHeader.MAGIC.length()
          || !Arrays.equals(read(channel, contentEnd, trailer.length), trailer)) {
        return new Found.Incomplete(facts.modified());
      }
      handedOn = true;
      return new Found.Complete(new MaildropFile(path, channel, facts, contentEnd));
    } finally {
      if (!handedOn) {
        file.close();
      }
    }
  }

  private static byte[] read(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) > 0) {
      // A read may be short.
    }
    return buffer.array();
  }

  Path path() {
    return path;
  }

  long uid() {
    return facts.uid();
  }

  long inode() {
    return facts.inode();
  }

  Instant modified() {
    return facts.modified();
  }

  /** The file from its first byte to the end of the message; the trailer is not in it. */
  InputStream open() throws IOException {
    channel.position(0);
    return new BufferedInputStream(new Bounded(Channels.newInputStream(channel), contentEnd));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Ends early; closing it leaves the channel to whoever owns it. */
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      int b = left > 0 ? super.read() : -1;
      left -= b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int count = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(count, 0);
      return count;
    }

    @Override
    public void close() {}
  }
}
