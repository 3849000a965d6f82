package dev.postrider.helper;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the appends that are under way, so that a process that starts after this one was killed
 * can take them back. Nothing is forced to the disk: what a process wrote outlives it, and against
 * a power cut an mbox has no help. Safe on any thread.
 *
 * <p>Its files stay open and are used again and again; they are opened with the rights of the
 * thread that takes one, and written to by threads that have others.
 */
final class Journal {
  private static final String PREFIX = "append-";

  private final Path directory;
  private final AtomicInteger last = new AtomicInteger();
  private final Deque<Slot> free = new ArrayDeque<>();

  /** Open as long as the process lives: the lock ends when it is closed. */
  private @Nullable FileChannel claimed;

  /** The place of one append. For one thread at a time. */
  final class Slot implements AutoCloseable {
    private final RandomAccessFile file;
    private boolean kept;

    private Slot(RandomAccessFile file) {
      this.file = file;
    }

    void write(JournalEntry entry) throws IOException {
      file.seek(0);
      file.write(entry.encoded());
    }

    /** Leaves the entry for the next start, because undoing failed. */
    void keep() {
      kept = true;
    }

    /** It was undone after all. */
    void dismiss() {
      kept = false;
    }

    /** The append is over, done or undone. */
    @Override
    public void close() throws IOException {
      if (kept) {
        file.close();
        return;
      }
      file.setLength(0);
      synchronized (free) {
        free.push(this);
      }
    }
  }

  /** What an earlier process left. */
  record Left(Path name, Optional<JournalEntry> entry) {}

  /**
   * In a directory of this process's user.
   *
   * @param directory must be there when a slot is taken
   */
  Journal(Path directory) {
    this.directory = directory;
  }

  /**
   * Takes the journal for this process until it ends: an earlier one may still be about to undo
   * what it has in hand.
   *
   * @return false if another process has it
   */
  synchronized boolean claim() throws IOException {
    if (claimed == null) {
      FileChannel file = open();
      if (!isLocked(file)) {
        file.close();
        return false;
      }
      claimed = file;
    }
    return true;
  }

  /** The same, and waits for the end of the other process. */
  synchronized void awaitClaim() throws IOException {
    if (claimed == null) {
      FileChannel file = open();
      FileLock lock = file.lock();
      assert lock.isValid();
      claimed = file;
    }
  }

  private static boolean isLocked(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      // Another part of this process has it.
      return false;
    }
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(
        directory.resolve("lock"),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Called with the rights of the journal's owner. */
  Slot take() throws IOException {
    synchronized (free) {
      Slot slot = free.poll();
      if (slot != null) {
        return slot;
      }
    }
    while (true) {
      Path name = directory.resolve(PREFIX + last.incrementAndGet());
      if (!Files.exists(name)) {
        Files.newByteChannel(
                name,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
            .close();
        return new Slot(new RandomAccessFile(name.toFile(), "rw"));
      }
    }
  }

  /** What earlier processes left, before anything is taken. */
  List<Left> left() throws IOException {
    List<Left> found = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (Stream<Path> names = Files.list(directory)) {
      for (Path name : (Iterable<Path>) names::iterator) {
        Path last = name.getFileName();
        if (last != null && last.toString().startsWith(PREFIX)) {
          found.add(new Left(name, JournalEntry.decode(Files.readAllBytes(name))));
        }
      }
    }
    return found;
  }

  /** What was left is settled. */
  void forget(Left left) throws IOException {
    Files.deleteIfExists(left.name());
  }
}
