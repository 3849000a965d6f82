package dev.postrider.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a file with one write for all lines at hand. Notices that the file was renamed or
 * removed, at most once a second, and opens the new one.
 */
final class FileSink implements LogSink {
  private static final long CHECK_NANOS = 1_000_000_000L;

  private final Path path;
  private final String host;
  private @Nullable FileChannel channel;
  private @Nullable Object key;
  private long checked;

  FileSink(Path path, String host) throws IOException {
    this.path = path;
    this.host = host;
    this.channel = open();
  }

  private FileChannel open() throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    FileChannel opened;
    try {
      opened =
          FileChannel.open(
              path,
              options,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (UnsupportedOperationException e) {
      opened = FileChannel.open(path, options);
    }
    key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    checked = System.nanoTime();
    return opened;
  }

  @Override
  public void head(StringBuilder line, MailLog.Severity severity, String stamp) {
    line.append(stamp).append(' ').append(host).append(' ');
  }

  @Override
  public void write(List<byte[]> lines) throws IOException {
    if (System.nanoTime() - checked > CHECK_NANOS && wasRotated()) {
      reopen();
    }
    ByteBuffer all = joined(lines);
    try {
      FileChannel file = channel;
      if (file == null) {
        file = open();
        channel = file;
      }
      while (all.hasRemaining()) {
        int _ = file.write(all);
      }
    } catch (IOException e) {
      throw new IOException("write " + path + ": " + e.getMessage(), e);
    }
  }

  static ByteBuffer joined(List<byte[]> lines) {
    int size = lines.size();
    for (byte[] line : lines) {
      size += line.length;
    }
    ByteBuffer all = ByteBuffer.allocate(size);
    for (byte[] line : lines) {
      all.put(line).put((byte) '\n');
    }
    return all.flip();
  }

  private boolean wasRotated() {
    checked = System.nanoTime();
    try {
      return !Objects.equals(key, Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void reopen() {
    try {
      FileChannel fresh = open();
      close();
      channel = fresh;
    } catch (IOException e) {
      // Opened as root, perhaps, and not to be opened again: better the old file than no log.
      return;
    }
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Nothing to do: every line was written before.
    }
    channel = null;
  }

  /** A stream of this process, for {@code /dev/stdout} and {@code /dev/stderr}. */
  static LogSink standard(FileDescriptor descriptor, String host) {
    return new StreamSink(new FileOutputStream(descriptor), host);
  }

  /** Writes to a stream that it never closes. */
  static final class StreamSink implements LogSink {
    private final OutputStream out;
    private final String host;

    StreamSink(OutputStream out, String host) {
      this.out = out;
      this.host = host;
    }

    @Override
    public void head(StringBuilder line, MailLog.Severity severity, String stamp) {
      line.append(stamp).append(' ').append(host).append(' ');
    }

    @Override
    public void write(List<byte[]> lines) throws IOException {
      out.write(joined(lines).array());
      out.flush();
    }

    @Override
    public void reopen() {}

    @Override
    public void close() {}
  }
}
