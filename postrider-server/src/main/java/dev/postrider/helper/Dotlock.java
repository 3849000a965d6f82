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
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * {@code mailbox.lock}, which other mail programs respect. Held by one thread.
 *
 * <p>It is made as a second name of a file that has a name of its own before and after: while both
 * are there, the lock is known to be that holder's, also to who cleans up after a killed process.
 */
final class Dotlock implements AutoCloseable {
  private static final FileAttribute<?> NOBODYS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------"));

  private final Path file;

  /** The other name; null if there is no lock file, as the directory permits none. */
  private final @Nullable Path mark;

  private Dotlock(Path file, @Nullable Path mark) {
    this.file = file;
    this.mark = mark;
  }

  /** None, where mailboxes are not locked like that. */
  static Dotlock none(Path mailbox) {
    return new Dotlock(name(mailbox), null);
  }

  static Path name(Path mailbox) {
    return Path.of(mailbox + ".lock");
  }

  /** A name for the mark of one lock that no other has. */
  static Path newMark(Path mailbox) {
    return Path.of(
        name(mailbox)
            + "."
            + ProcessHandle.current().pid()
            + "."
            + Long.toHexString(ThreadLocalRandom.current().nextLong()));
  }

  /**
   * Makes the file. Where the directory does not let us, other programs of the user cannot make one
   * either, and the lock of the kernel has to do.
   *
   * @param mark the other name, which is free
   * @throws FileAlreadyExistsException if somebody else's stays
   */
  static Dotlock take(Path mailbox, Path mark, MailboxRules rules, InstantSource clock)
      throws IOException, InterruptedException {
    Path file = name(mailbox);
    try {
      Files.createFile(mark, NOBODYS);
    } catch (AccessDeniedException _) {
      return none(mailbox);
    } catch (FileSystemException e) {
      if (Trouble.reason(e).contains("Read-only")) {
        return none(mailbox);
      }
      throw failure(file, e);
    }
    boolean taken = false;
    try {
      link(file, mark, rules, clock);
      taken = true;
    } finally {
      if (!taken) {
        Files.deleteIfExists(mark);
      }
    }
    return new Dotlock(file, mark);
  }

  private static void link(Path file, Path mark, MailboxRules rules, InstantSource clock)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        linkOrCreate(file, mark);
        return;
      } catch (FileAlreadyExistsException e) {
        boolean removed = removeStale(file, rules.stale(), clock);
        // Once more than the attempts, where the last one found a stale lock.
        if (attempt > rules.attempts() || (attempt == rules.attempts() && !removed)) {
          throw new FileAlreadyExistsException(
              file.toString(), null, "unable to create lock file " + file + ": File exists");
        }
        if (!removed) {
          Thread.sleep(rules.pause());
        }
      } catch (FileSystemException e) {
        throw failure(file, e);
      }
    }
  }

  /** Where no file can have two names, the lock is a file of its own. */
  private static void linkOrCreate(Path file, Path mark) throws IOException {
    try {
      Path _ = Files.createLink(file, mark);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException _) {
      Files.createFile(file, NOBODYS);
    }
  }

  private static FileSystemException failure(Path file, FileSystemException e) {
    return new FileSystemException(
        file.toString(), null, "unable to create lock file " + file + ": " + Trouble.reason(e));
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

  /** The lock that a killed process held, if it did. */
  static Optional<Dotlock> left(Path mailbox, Path mark) throws IOException {
    Path file = name(mailbox);
    try {
      FileFacts marked = FileFacts.of(mark, LinkOption.NOFOLLOW_LINKS);
      if (FileFacts.of(file, LinkOption.NOFOLLOW_LINKS).isSameFile(marked)) {
        return Optional.of(new Dotlock(file, mark));
      }
    } catch (NoSuchFileException _) {
      // It came not that far, or was through already.
    }
    Files.deleteIfExists(mark);
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    Path own = mark;
    if (own != null) {
      Files.deleteIfExists(file);
      Files.deleteIfExists(own);
    }
  }
}
