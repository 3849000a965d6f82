package dev.postrider.event;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that is written, and those before it: appends whole lines, begins a new file when one is
 * full or a day old, deletes the oldest. After a failure the unfinished part is cut off, and the
 * disk is left alone for a second. For one thread.
 */
final class EventFile {
  private static final Duration MOST_AGE = Duration.ofDays(1);
  private static final long PAUSE_NANOS = 1_000_000_000L;
  private static final int TAIL = 128 << 10;

  private final EventLog.Settings settings;
  private final Path directory;
  private final InstantSource clock;
  private @Nullable FileChannel channel;
  private long number;
  private long size;
  private long begunMillis;
  private boolean failed;
  private long failedAt;
  private @Nullable IOException failure;

  EventFile(EventLog.Settings settings, InstantSource clock) {
    this.settings = settings;
    this.directory = EventFiles.directory(settings.queueDirectory());
    this.clock = clock;
  }

  /**
   * Finds the newest file, cuts what a crash left unfinished, and says how the last writer ended.
   */
  Event.Previous prepare() throws IOException {
    List<EventFiles.Numbered> files = EventFiles.list(directory);
    if (files.isEmpty()) {
      return Event.Previous.NONE;
    }
    EventFiles.Numbered newest = files.getLast();
    number = newest.number();
    Event.Previous previous = Event.Previous.CRASHED;
    try (FileChannel file =
        FileChannel.open(newest.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long whole = wholeLines(file);
      if (whole < file.size()) {
        file.truncate(whole);
      } else {
        previous = lastWord(file);
      }
    }
    return previous;
  }

  /** The offset behind the last line feed. */
  private static long wholeLines(FileChannel file) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(TAIL);
    for (long end = file.size(); end > 0; end -= Math.min(end, TAIL)) {
      long from = Math.max(end - TAIL, 0);
      read(file, part, from, (int) (end - from));
      for (int i = part.position() - 1; i >= 0; i--) {
        if (part.get(i) == '\n') {
          return from + i + 1;
        }
      }
    }
    return 0;
  }

  private static Event.Previous lastWord(FileChannel file) throws IOException {
    long from = Math.max(file.size() - TAIL, 0);
    ByteBuffer tail = ByteBuffer.allocate(TAIL);
    read(file, tail, from, (int) (file.size() - from));
    int end = tail.position() - 1;
    int begin = end;
    while (begin > 0 && tail.get(begin - 1) != '\n') {
      begin--;
    }
    EventLine line = new EventLine();
    if (end <= 0 || !line.take(tail.array(), begin, end)) {
      return Event.Previous.CRASHED;
    }
    return switch (line.event()) {
      case "stop" -> Event.Previous.STOPPED;
      case "off" -> Event.Previous.OFF;
      default -> Event.Previous.CRASHED;
    };
  }

  private static void read(FileChannel file, ByteBuffer into, long from, int count)
      throws IOException {
    into.clear().limit(count);
    while (into.hasRemaining()) {
      if (file.read(into, from + into.position()) < 0) {
        return;
      }
    }
  }

  /** Appends whole lines, or none of them. */
  void append(byte[] lines, int length) throws IOException {
    IOException last = failure;
    if (failed && last != null && System.nanoTime() - failedAt < PAUSE_NANOS) {
      throw last;
    }
    try {
      FileChannel file = fileFor(length);
      ByteBuffer bytes = ByteBuffer.wrap(lines, 0, length);
      while (bytes.hasRemaining()) {
        int _ = file.write(bytes);
      }
      size += length;
      failed = false;
    } catch (IOException e) {
      failed = true;
      failedAt = System.nanoTime();
      failure = new IOException(directory + ": " + e.getMessage(), e);
      cut();
      throw failure;
    }
  }

  private FileChannel fileFor(int length) throws IOException {
    FileChannel file = channel;
    if (file == null) {
      file = number == 0 ? create() : open(EventFiles.file(directory, number));
    }
    boolean full = size > 0 && size + length > settings.fileBytes();
    boolean old = size > 0 && clock.millis() - begunMillis > MOST_AGE.toMillis();
    if (full || old) {
      file.force(false);
      close();
      file = create();
      deleteOldest();
    }
    return file;
  }

  private FileChannel create() throws IOException {
    Files.createDirectories(directory);
    if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    FileChannel made = open(EventFiles.file(directory, number + 1));
    number++;
    return made;
  }

  private FileChannel open(Path path) throws IOException {
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    channel = file;
    size = file.size();
    begunMillis = size == 0 ? clock.millis() : begun(path);
    return file;
  }

  private long begun(Path path) throws IOException {
    Instant first = EventReader.firstTime(path);
    return first == null ? clock.millis() : first.toEpochMilli();
  }

  /** Keeps the newest file and what fits beside it. */
  private void deleteOldest() throws IOException {
    List<EventFiles.Numbered> files = EventFiles.list(directory);
    long total = settings.fileBytes();
    for (EventFiles.Numbered file : files.reversed().subList(1, files.size())) {
      total += Files.size(file.path());
      if (total > settings.totalBytes()) {
        Files.deleteIfExists(file.path());
      }
    }
  }

  private void cut() {
    FileChannel file = channel;
    if (file != null) {
      try {
        file.truncate(size);
      } catch (IOException _) {
        // Then part of a line stays, which readers report; the next line begins a file of its own.
        size = Long.MAX_VALUE / 2;
      }
    }
  }

  void close() {
    FileChannel file = channel;
    channel = null;
    if (file != null) {
      try {
        file.close();
      } catch (IOException _) {
        // Every line was written before: there is nothing to be saved.
        return;
      }
    }
  }
}
