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
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a file with one write for all lines at hand. Sees before each write whether the file
 * was renamed or removed, and opens the new one: a look costs a hundredth of the write, and whoever
 * renames the file and waits a moment may compress it.
 */
final class FileSink implements LogSink {
  private final Path path;
  private final Set<PosixFilePermission> permissions;
  private @Nullable FileChannel channel;
  private @Nullable Object key;

  FileSink(Path path, Set<PosixFilePermission> permissions) throws IOException {
    this.path = path;
    this.permissions = permissions;
    this.channel = open();
  }

  private FileChannel open() throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    FileChannel opened;
    try {
      opened = FileChannel.open(path, options, PosixFilePermissions.asFileAttribute(permissions));
    } catch (UnsupportedOperationException e) {
      opened = FileChannel.open(path, options);
    }
    boolean known = false;
    try {
      key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      known = true;
    } finally {
      if (!known) {
        opened.close();
      }
    }
    return opened;
  }

  @Override
  public void write(List<byte[]> lines) throws IOException {
    if (channel != null && wasRotated()) {
      try {
        swap();
      } catch (IOException _) {
        // Not ours to make, perhaps, and whoever renamed it is about to: better the old file than
        // no log. Where that lasts, reopen says it.
      }
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
    try {
      return !Objects.equals(key, Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void reopen() throws IOException {
    try {
      swap();
    } catch (IOException e) {
      throw new IOException(
          "cannot open "
              + path
              + " anew, so the log goes on in the old file: "
              + MailLogs.reason(e)
              + " (make the file for this user, or run \"postfix reload\" as root, which does)",
          e);
    }
  }

  private void swap() throws IOException {
    FileChannel fresh = open();
    close();
    channel = fresh;
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
  static LogSink standard(FileDescriptor descriptor) {
    return new StreamSink(new FileOutputStream(descriptor));
  }

  /** Writes to a stream that it never closes. */
  static final class StreamSink implements LogSink {
    private final OutputStream out;

    StreamSink(OutputStream out) {
      this.out = out;
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
