package dev.postrider.helper;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.AppendedFile;
import dev.postrider.io.FileFacts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Appends to files as Postfix does: dotlock and fcntl lock, forced before it counts, cut back to
 * the old length when writing failed. Runs with the rights of the thread that asks. Safe on any
 * thread.
 */
final class MboxFile {
  private static final int ANY_EXECUTE = 0111;
  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /**
   * One append.
   *
   * @param slot where it is remembered; closed by the caller
   * @param entry what is to be remembered from the beginning
   */
  record Work(MailboxRules rules, Identity as, Append to, Journal.Slot slot, JournalEntry entry) {
    /** With root's rights no setting says otherwise: the file could be anybody's. */
    boolean mustOwn() {
      return rules.strictOwner() || entry.uid() == 0;
    }
  }

  private final FileTurns turns = new FileTurns();
  private final InstantSource clock;

  MboxFile(InstantSource clock) {
    this.clock = clock;
  }

  void append(Work work, Payload payload) throws IOException, InterruptedException {
    String before = words(work.as(), work.to());
    try (var _ = turns.take(work.to().file())) {
      refuseOddMailbox(work, before);
      makeDirectory(work.to(), before);
      JournalEntry entry = work.entry();
      Path mark = null;
      if (isLockedByFile(work.rules(), work.to())) {
        mark = Dotlock.newMark(work.to().file());
        entry = entry.withMark(mark);
        work.slot().write(entry);
      }
      try (var _ = lockByFile(work, mark, before)) {
        appendLocked(work, entry, payload, before);
      }
    }
  }

  /** A folder's, with the rights of its user; that of a mailbox is somebody else's to make. */
  private static void makeDirectory(Append to, String before) throws DeliveryFailure {
    Path directory = to.file().getParent();
    if (to.kind() == Append.Kind.FOLDER && directory != null && !Files.isDirectory(directory)) {
      try {
        Files.createDirectories(directory, PRIVATE_DIRECTORY);
      } catch (IOException e) {
        throw Trouble.opening(before + "create directory " + directory + ": ", e);
      }
    }
  }

  /** What stands before the reason of a failure. */
  private static String words(Identity as, Append to) {
    return switch (to.kind()) {
      case SPOOL_MAILBOX, MAILBOX, FOLDER ->
          "cannot update mailbox " + to.file() + " for user " + as.user() + ". ";
      case FILE -> "cannot append message to file " + to.file() + ": ";
      case VIRTUAL_MAILBOX -> "delivery failed to mailbox " + to.file() + ": ";
    };
  }

  /**
   * What is in the place of a mailbox and cannot be one: the mail waits until somebody has moved it
   * away. For a file that an alias names, opening tells.
   */
  private static void refuseOddMailbox(Work work, String before) throws IOException {
    Append to = work.to();
    if (to.kind() == Append.Kind.FILE) {
      return;
    }
    FileFacts found;
    try {
      found = FileFacts.of(to.file(), LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      return;
    } catch (IOException e) {
      throw Trouble.opening(before + "cannot open file: ", e);
    }
    String destination = before + "destination " + to.file();
    if (!found.regular()) {
      throw new DeliveryFailure(
          odd(to), destination + " is not a regular file; move it out of the way");
    }
    if (work.mustOwn() && found.uid() != work.as().uid()) {
      throw new DeliveryFailure(odd(to), destination + " is not owned by recipient");
    }
    if (found.links() > 1) {
      throw new DeliveryFailure(odd(to), destination + " has more than one hard link");
    }
  }

  /** A mailbox waits until somebody has put it right; for a folder, there is the mailbox. */
  private static String odd(Append to) {
    return to.kind() == Append.Kind.FOLDER ? "5.2.0" : "4.2.0";
  }

  /** A link of root's to a device is followed: nobody locks /dev/null. */
  private static boolean isLockedByFile(MailboxRules rules, Append to) {
    Path file = to.file();
    return rules.locks(to.kind()).dotlock() && (!Files.exists(file) || Files.isRegularFile(file));
  }

  private Dotlock lockByFile(Work work, @Nullable Path mark, String before)
      throws IOException, InterruptedException {
    Path file = work.to().file();
    if (mark == null) {
      return Dotlock.none(file);
    }
    try {
      return Dotlock.take(file, mark, work.rules(), clock);
    } catch (FileAlreadyExistsException e) {
      throw new DeliveryFailure("4.2.0", before + Trouble.reason(e));
    } catch (IOException e) {
      if (work.to().kind() == Append.Kind.FILE) {
        return Dotlock.none(file);
      }
      throw Trouble.opening(before, e);
    }
  }

  private void appendLocked(Work work, JournalEntry entry, Payload payload, String before)
      throws IOException, InterruptedException {
    MailboxRules rules = work.rules();
    Append to = work.to();
    try (AppendedFile opened = open(to.file(), before)) {
      FileFacts facts = opened.facts();
      refuseOpened(work, facts, before);
      if (!facts.regular()) {
        // A device has no length to go back to, and no disk.
        copy(new LimitedOutput(opened.channel(), Long.MAX_VALUE, (_, _) -> {}), payload, before);
        return;
      }
      try (var _ = rules.locks(to.kind()).kernel() ? lock(opened.channel(), rules, before) : null) {
        refuseReplaced(to.file(), facts, before);
        appendToRegular(work, entry, payload, opened, before);
      }
    }
  }

  private static AppendedFile open(Path file, String before) throws DeliveryFailure {
    try {
      return AppendedFile.open(file);
    } catch (IOException e) {
      throw Trouble.opening(before, e);
    }
  }

  private static void refuseOpened(Work work, FileFacts facts, String before)
      throws DeliveryFailure {
    Append to = work.to();
    if (to.kind() == Append.Kind.FILE) {
      if (facts.regular() && (facts.mode() & ANY_EXECUTE) != 0) {
        throw new DeliveryFailure("5.7.1", before + "file is executable");
      }
      return;
    }
    String destination = before + "destination " + to.file();
    if (!facts.regular()) {
      throw new DeliveryFailure(
          odd(to), destination + " is not a regular file; move it out of the way");
    }
    if (work.mustOwn() && facts.uid() != work.as().uid()) {
      throw new DeliveryFailure(odd(to), destination + " is not owned by recipient");
    }
  }

  private static FileLock lock(FileChannel channel, MailboxRules rules, String before)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      @Nullable FileLock lock = tryLock(channel);
      if (lock != null) {
        return lock;
      }
      if (attempt >= rules.attempts()) {
        throw new DeliveryFailure(
            "4.2.0",
            before + "unable to lock for exclusive access: Resource temporarily unavailable");
      }
      Thread.sleep(rules.pause());
    }
  }

  /** Null if somebody has it; also this process itself, under another name of the file. */
  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  /** A mail reader may have put another file there while we waited for the lock. */
  private static void refuseReplaced(Path file, FileFacts opened, String before)
      throws DeliveryFailure {
    try {
      FileFacts now = FileFacts.of(file);
      if (now.isSameFile(opened) && now.links() == 1) {
        return;
      }
    } catch (IOException _) {
      // Gone: the same.
    }
    throw new DeliveryFailure("4.2.0", before + "target file status changed unexpectedly");
  }

  private void appendToRegular(
      Work work, JournalEntry entry, Payload payload, AppendedFile opened, String before)
      throws IOException {
    FileChannel channel = opened.channel();
    long length = channel.size();
    long largest = work.rules().largest(work.to().kind());
    long left = largest == 0 ? Long.MAX_VALUE : Math.max(0, largest - length);
    JournalEntry.FileId id =
        new JournalEntry.FileId(opened.facts().device(), opened.facts().inode());
    LimitedOutput out =
        new LimitedOutput(
            channel,
            left,
            (head, whole) ->
                work.slot().write(entry.withTail(JournalEntry.Tail.of(id, length, head, whole))));
    boolean complete = false;
    try {
      copy(out, payload, before);
      force(channel, before);
      complete = true;
      // While the lock is held: from here on it is another's to say what stands at the end.
      work.slot().write(entry);
    } finally {
      if (!complete) {
        // Should that fail, the next start tries again.
        work.slot().keep();
        cutBack(channel, work.to().file(), length);
        work.slot().write(entry);
        work.slot().dismiss();
      }
    }
  }

  private static void copy(LimitedOutput out, Payload payload, String before)
      throws DeliveryFailure {
    try {
      payload.writeTo(out);
      out.finish();
    } catch (IOException e) {
      IOException writing = out.failure();
      throw writing == null ? Trouble.reading(before, e) : Trouble.writing(before, writing);
    }
  }

  private static void force(FileChannel channel, String before) throws DeliveryFailure {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw Trouble.writing(before, e);
    }
  }

  /**
   * Takes back what was written. An interrupt closes the channel, so the file may have to be opened
   * again: half a message in a mailbox would swallow the next one.
   */
  private static void cutBack(FileChannel channel, Path file, long length) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      if (channel.isOpen()) {
        channel.truncate(length);
        channel.force(true);
        return;
      }
      try (AppendedFile again = AppendedFile.open(file)) {
        again.channel().truncate(length);
        again.channel().force(true);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
