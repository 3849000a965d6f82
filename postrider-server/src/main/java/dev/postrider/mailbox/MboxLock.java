package dev.postrider.mailbox;

import static java.nio.file.StandardOpenOption.CREATE_NEW;

import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The locks that everybody takes who changes an mbox: the file {@code NAME.lock} where the
 * directory lets this user make one, and the fcntl lock. The second is lost when any descriptor of
 * the file is closed by this process, so its holder opens the file only once.
 */
final class MboxLock implements AutoCloseable {
  private static final int ATTEMPTS = 50;
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** As Postfix's stale_lock_time. */
  private static final Duration STALE = Duration.ofSeconds(500);

  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");
  private static final int MOST_HOLDER = 300;

  private final @Nullable Path dotlock;
  private final @Nullable FileLock lock;

  private MboxLock(@Nullable Path dotlock, @Nullable FileLock lock) {
    this.dotlock = dotlock;
    this.lock = lock;
  }

  /**
   * Waits up to ten seconds for both.
   *
   * @param exclusive false for a channel that can only be read
   * @throws MailboxException if another program does not let go
   */
  static MboxLock take(Path file, FileChannel channel, boolean exclusive)
      throws IOException, InterruptedException {
    @Nullable Path dotlock = exclusive ? dotlock(file) : null;
    boolean taken = false;
    try {
      for (int i = 0; i < ATTEMPTS; i++) {
        if (i > 0) {
          Thread.sleep(PAUSE);
        }
        @Nullable FileLock lock = channel.tryLock(0, Long.MAX_VALUE, !exclusive);
        if (lock != null) {
          taken = true;
          return new MboxLock(dotlock, lock);
        }
      }
      throw new MailboxException(file + ": another program has locked it; try again later");
    } finally {
      if (!taken && dotlock != null) {
        Files.deleteIfExists(dotlock);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.release();
    }
    if (dotlock != null) {
      Files.deleteIfExists(dotlock);
    }
  }

  private static @Nullable Path dotlock(Path file) throws IOException, InterruptedException {
    Path name = Path.of(file + ".lock");
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        return Files.writeString(name, holder(ProcessHandle.current().pid()), CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        if (isStale(name)) {
          Files.deleteIfExists(name);
        } else {
          Thread.sleep(PAUSE);
        }
      } catch (AccessDeniedException e) {
        // No other program of this user can make one either, so the other lock has to do.
        return null;
      } catch (FileSystemException e) {
        // A read-only file system: likewise.
        return null;
      }
    }
    throw new MailboxException(
        file + ": another program has locked it (" + name + "); remove that file if none has");
  }

  /** What is in our lock files: who has it, on which machine. */
  private static String holder(long pid) throws IOException {
    return pid + " " + (Files.isReadable(HOST) ? Files.readString(HOST).strip() : "") + "\n";
  }

  /** Old, or left by a reader on this machine that was killed. */
  private static boolean isStale(Path lock) throws IOException {
    try {
      if (Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS) && OwnUser.owns(lock)) {
        String text = Files.size(lock) < MOST_HOLDER ? Files.readString(lock) : "";
        int space = text.indexOf(' ');
        if (space > 0
            && space < 10
            && text.substring(0, space).chars().allMatch(Character::isDigit)) {
          long pid = Long.parseLong(text.substring(0, space));
          if (text.equals(holder(pid)) && ProcessHandle.of(pid).isEmpty()) {
            return true;
          }
        }
      }
      Instant made = Files.getLastModifiedTime(lock, LinkOption.NOFOLLOW_LINKS).toInstant();
      return Duration.between(made, Instant.now()).compareTo(STALE) > 0;
    } catch (NoSuchFileException e) {
      return false;
    } catch (CharacterCodingException e) {
      // Another program's.
      return false;
    }
  }
}
