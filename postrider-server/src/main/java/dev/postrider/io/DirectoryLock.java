package dev.postrider.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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

  /** Who keeps this process from taking the lock of a directory now; empty if nobody does. */
  public static Optional<HeldException> held(Path directory) throws IOException {
    Path file = directory.resolve("lock");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null
          ? Optional.of(new HeldException(directory, holder(directory)))
          : Optional.empty();
    }
  }

  /**
   * The process that holds the lock: by the kernel's word where it gives it (Linux), because the
   * file may be of an earlier holder, or garbage; else the number in the file, if there is such a
   * process; else "unknown".
   */
  private static String holder(Path directory) {
    Set<Long> holders = holders(directory.resolve("lock"));
    Long written = written(directory.resolve("pid"));
    if (holders.size() == 1) {
      return holders.iterator().next().toString();
    }
    // Several files of that inode number, on several file systems, or the kernel does not tell.
    boolean plausible = holders.isEmpty() || holders.contains(written);
    return written != null && plausible && ProcessHandle.of(written).isPresent()
        ? written.toString()
        : "unknown";
  }

  private static @Nullable Long written(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      // A longer file is no number.
      return Long.valueOf(new String(in.readNBytes(20), StandardCharsets.US_ASCII).strip());
    } catch (IOException | NumberFormatException _) {
      return null;
    }
  }

  /** Who has fcntl locks on files of this inode, by proc_locks(5). */
  private static Set<Long> holders(Path file) {
    Set<Long> holders = new HashSet<>();
    try {
      String inode = ":" + Files.getAttribute(file, "unix:ino");
      for (String line : Files.readAllLines(Path.of("/proc/locks"))) {
        // 1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 0 EOF
        String[] fields = line.strip().split(" +");
        if (fields.length >= 6 && fields[1].equals("POSIX") && fields[5].endsWith(inode)) {
          holders.add(Long.valueOf(fields[4]));
        }
      }
    } catch (IOException | RuntimeException _) {
      // Not Linux, or not allowed: the file has to do.
      return Set.of();
    }
    holders.removeIf(pid -> pid <= 0);
    return holders;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD.remove(directory);
  }
}
