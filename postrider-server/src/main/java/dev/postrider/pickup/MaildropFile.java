package dev.postrider.pickup;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

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

  /** What the kernel says of a file. */
  private record Facts(
      long inode, long uid, boolean regular, int links, long size, Instant modified) {
    static Facts of(Path path) throws IOException {
      Map<String, Object> found =
          Files.readAttributes(
              path,
              "unix:ino,uid,nlink,isRegularFile,size,lastModifiedTime",
              LinkOption.NOFOLLOW_LINKS);
      return new Facts(
          number(found, "ino"),
          number(found, "uid"),
          Boolean.TRUE.equals(found.get("isRegularFile")),
          (int) number(found, "nlink"),
          number(found, "size"),
          found.get("lastModifiedTime") instanceof FileTime time
              ? time.toInstant()
              : Instant.EPOCH);
    }

    private static long number(Map<String, Object> facts, String name) {
      return facts.get(name) instanceof Number number ? number.longValue() : -1;
    }
  }

  private final Path path;
  private final FileChannel channel;
  private final Facts facts;
  private final long contentEnd;

  private MaildropFile(Path path, FileChannel channel, Facts facts, long contentEnd) {
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
    Facts before = Facts.of(path);
    if (!before.regular()) {
      return new Found.Foreign("it is no regular file");
    }
    if (before.links() != 1) {
      return new Found.Foreign("it has " + before.links() + " links");
    }
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    boolean handedOn = false;
    try {
      // Java cannot ask who owns an open file. But only its owner can replace a file in a sticky
      // directory, so if the same file of the same owner lay there before and after opening, what
      // was opened is that owner's.
      Facts after = Facts.of(path);
      if (after.inode() != before.inode()
          || after.uid() != before.uid()
          || !after.regular()
          || after.links() != 1) {
        return new Found.Incomplete(after.modified());
      }
      byte[] trailer = MaildropHeader.trailer(String.valueOf(path.getFileName()));
      long contentEnd = channel.size() - trailer.length;
      if (contentEnd < MaildropHeader.MAGIC.length()
          || !Arrays.equals(read(channel, contentEnd, trailer.length), trailer)) {
        return new Found.Incomplete(after.modified());
      }
      handedOn = true;
      return new Found.Complete(new MaildropFile(path, channel, after, contentEnd));
    } finally {
      if (!handedOn) {
        channel.close();
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
