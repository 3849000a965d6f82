package dev.postrider.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to change a directory, held by one process at a time. The kernel drops it when the
 * process ends however it ends, so there is no stale lock to clean up.
 *
 * <p>Two files: {@code lock} carries the lock and is opened by nobody else, because closing any
 * descriptor of a file drops the process's locks on it (fcntl); {@code pid} tells people who holds
 * it.
 */
public final class DirectoryLock implements Closeable {
  /**
   * What this process holds. Static because the kernel's locks are the process's too: a second
   * attempt in here would succeed, and closing it would drop the first.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** Refused because somebody has it. */
  public static final class HeldException extends IOException {
    private static final long serialVersionUID = 1;

    public HeldException(Path directory, String holder) {
      super(directory + " is in use by process " + holder + " (stop it first)");
    }
  }

  /** Takes the lock of an existing directory. */
  public static DirectoryLock take(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!HELD.add(real)) {
      throw new HeldException(directory, holder(real));
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              real.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new HeldException(directory, holder(real));
      }
      Files.writeString(real.resolve("pid"), ProcessHandle.current().pid() + "\n");
      return new DirectoryLock(real, channel);
    } catch (IOException | RuntimeException e) {
      HELD.remove(real);
      if (channel != null) {
        channel.close();
      }
      throw e;
    }
  }

  /** The process id that the holder left, or "unknown". */
  private static String holder(Path directory) {
    try {
      String pid = Files.readString(directory.resolve("pid"), StandardCharsets.US_ASCII).strip();
      return pid.isEmpty() ? "unknown" : pid;
    } catch (IOException _) {
      return "unknown";
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD.remove(directory);
  }
}
