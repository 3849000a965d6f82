package dev.postrider.local;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.io.Account;
import dev.postrider.mail.envelope.Recipient;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Appends messages to mbox files as Postfix does: dotlock and fcntl lock, forced before it counts,
 * cut back to the old length when writing failed. Safe on any thread.
 *
 * <p>A lock of fcntl is lost when any descriptor of the file is closed by the same process; so one
 * thread of this process at a time touches a file, by a lock of its own.
 */
final class MboxFile {
  private final ConcurrentHashMap<Path, ReentrantLock> busy = new ConcurrentHashMap<>();
  private final long sizeLimit;
  private final int attempts;
  private final Duration pause;
  private final Duration stale;
  private final boolean dotlock;
  private final boolean fcntl;
  private final boolean strictOwner;
  private final InstantSource clock;

  MboxFile(Config config, InstantSource clock) {
    this.sizeLimit = config.size("mailbox_size_limit");
    this.attempts = config.number("deliver_lock_attempts");
    this.pause = config.time("deliver_lock_delay");
    this.stale = config.time("stale_lock_time");
    List<String> locks = config.list("mailbox_delivery_lock");
    this.dotlock = locks.contains("dotlock");
    this.fcntl = locks.contains("fcntl") || locks.contains("flock");
    this.strictOwner = config.flag("strict_mailbox_ownership");
    this.clock = clock;
  }

  void append(Path file, Account owner, DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    ReentrantLock own = busy.computeIfAbsent(file, _ -> new ReentrantLock());
    own.lockInterruptibly();
    boolean locked = false;
    Path lock = Path.of(file + ".lock");
    try {
      locked = dotlock && takeDotlock(lock);
      write(file, owner, request, recipient);
    } catch (DeliveryFailure e) {
      throw e;
    } catch (IOException e) {
      throw new DeliveryFailure(
          isFull(e) ? "4.2.2" : "4.3.0",
          "cannot update mailbox " + file + " for user " + owner.name() + ". " + reason(e));
    } finally {
      if (locked) {
        Files.deleteIfExists(lock);
      }
      own.unlock();
    }
  }

  private void write(Path file, Account owner, DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    check(file, owner);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      check(file, owner);
      try (var _ = fcntl ? lock(channel, file, owner) : null) {
        long before = channel.size();
        channel.position(before);
        try {
          writeMessage(channel, request, recipient, before, file, owner);
        } catch (IOException e) {
          cutBack(channel, file, before);
          throw e;
        }
      }
    }
  }

  private void writeMessage(
      FileChannel channel,
      DeliveryRequest request,
      Recipient recipient,
      long before,
      Path file,
      Account owner)
      throws IOException {
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 65_536);
    String head =
        MailboxFormat.separator(request, clock.instant()) + MailboxFormat.trace(request, recipient);
    out.write(head.getBytes(StandardCharsets.UTF_8));
    if (sizeLimit > 0 && before + request.content().size() + head.length() > sizeLimit) {
      throw new DeliveryFailure(
          "5.2.2",
          "cannot update mailbox "
              + file
              + " for user "
              + owner.name()
              + ". error writing message: File too large");
    }
    MailboxFormat.copy(request, out, true);
    out.write('\n');
    out.flush();
    channel.force(true);
  }

  /** A link, a directory or another user's file is not written to, whoever put it there. */
  private void check(Path file, Account owner) throws IOException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return;
    }
    if (!found.isRegularFile()) {
      throw new DeliveryFailure(
          "4.2.0", "destination " + file + " is not a regular file; move it out of the way");
    }
    boolean others =
        Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) instanceof Integer uid
            && Integer.toUnsignedLong(uid) != owner.uid();
    if (others && strictOwner) {
      throw new DeliveryFailure("4.2.0", "destination " + file + " is not owned by recipient");
    }
    boolean linked =
        Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer links
            && links > 1;
    if (linked) {
      throw new DeliveryFailure("4.2.0", "destination " + file + " has more than one hard link");
    }
  }

  private FileLock lock(FileChannel channel, Path file, Account owner)
      throws IOException, InterruptedException {
    for (int attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) {
        Thread.sleep(pause);
      }
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    }
    throw new DeliveryFailure(
        "4.2.0",
        "cannot update mailbox "
            + file
            + " for user "
            + owner.name()
            + ". unable to lock for exclusive access: Resource temporarily unavailable");
  }

  /**
   * Makes {@code file.lock}. Where the directory does not let us, other programs of the user cannot
   * make one either, and the fcntl lock has to do, as in Postfix.
   */
  private boolean takeDotlock(Path lock) throws IOException, InterruptedException {
    int left = attempts;
    while (left-- > 0) {
      try {
        Files.createFile(lock);
        return true;
      } catch (FileAlreadyExistsException e) {
        if (isStale(lock)) {
          Files.deleteIfExists(lock);
          left = Math.max(left, 1);
        } else {
          Thread.sleep(pause);
        }
      } catch (AccessDeniedException e) {
        return false;
      }
    }
    throw new DeliveryFailure("4.2.0", "unable to create lock file " + lock + ": File exists");
  }

  private boolean isStale(Path lock) throws IOException {
    try {
      Instant made = Files.getLastModifiedTime(lock, LinkOption.NOFOLLOW_LINKS).toInstant();
      return Duration.between(made, clock.instant()).compareTo(stale) > 0;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Takes back what was written. An interrupt closes the channel, so the file may have to be opened
   * again: half a message in a mailbox would swallow the next one.
   */
  private static void cutBack(FileChannel channel, Path file, long length) throws IOException {
    if (channel.isOpen()) {
      channel.truncate(length);
      channel.force(true);
      return;
    }
    boolean interrupted = Thread.interrupted();
    try (FileChannel again =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      again.truncate(length);
      again.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether the disk or a quota is full: the mail waits until there is room. */
  static boolean isFull(IOException e) {
    String text = String.valueOf(e.getMessage());
    return text.contains("No space left") || text.contains("quota");
  }

  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> denied.getFile() + ": Permission denied";
      case NoSuchFileException missing -> missing.getFile() + ": No such file or directory";
      case FileSystemException failure when failure.getReason() != null ->
          failure.getFile() + ": " + failure.getReason();
      default -> "error writing message: " + e.getMessage();
    };
  }
}
