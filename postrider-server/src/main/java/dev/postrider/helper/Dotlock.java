package dev.postrider.helper;

import dev.postrider.io.FileFacts;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** {@code mailbox.lock}, which other mail programs respect. Held by one thread. */
final class Dotlock implements AutoCloseable {
  private static final FileAttribute<?> NOBODYS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------"));

  private final Path file;

  /** Whether there is a lock file, and it is ours. */
  private final boolean made;

  private Dotlock(Path file, boolean made) {
    this.file = file;
    this.made = made;
  }

  /** None, where mailboxes are not locked like that. */
  static Dotlock none(Path mailbox) {
    return new Dotlock(name(mailbox), false);
  }

  static Path name(Path mailbox) {
    return Path.of(mailbox + ".lock");
  }

  /**
   * Makes the file. Where the directory does not let us, other programs of the user cannot make one
   * either, and the lock of the kernel has to do.
   *
   * @throws FileAlreadyExistsException if somebody else's stays
   */
  static Dotlock take(Path mailbox, MailboxRules rules, InstantSource clock)
      throws IOException, InterruptedException {
    Path file = name(mailbox);
    String trouble = "unable to create lock file " + file + ": ";
    for (int attempt = 1; ; attempt++) {
      try {
        Files.createFile(file, NOBODYS);
        return new Dotlock(file, true);
      } catch (FileAlreadyExistsException e) {
        boolean removed = removeStale(file, rules.stale(), clock);
        // Once more than the attempts, where the last one found a stale lock.
        if (attempt > rules.attempts() || (attempt == rules.attempts() && !removed)) {
          throw new FileAlreadyExistsException(file.toString(), null, trouble + "File exists");
        }
        if (!removed) {
          Thread.sleep(rules.pause());
        }
      } catch (AccessDeniedException _) {
        return none(mailbox);
      } catch (FileSystemException e) {
        if (Trouble.reason(e).contains("Read-only")) {
          return none(mailbox);
        }
        throw new FileSystemException(file.toString(), null, trouble + Trouble.reason(e));
      }
    }
  }

  private static boolean removeStale(Path file, Duration stale, InstantSource clock)
      throws IOException {
    try {
      Instant made = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      if (Duration.between(made, clock.instant()).compareTo(stale) <= 0) {
        return false;
      }
      Files.deleteIfExists(file);
      return true;
    } catch (NoSuchFileException _) {
      return true;
    }
  }

  /** The lock file, if it is ours. */
  JournalEntry.@Nullable FileId id() throws IOException {
    if (!made) {
      return null;
    }
    FileFacts facts = FileFacts.of(file, LinkOption.NOFOLLOW_LINKS);
    return new JournalEntry.FileId(facts.device(), facts.inode());
  }

  @Override
  public void close() throws IOException {
    if (made) {
      Files.deleteIfExists(file);
    }
  }
}
