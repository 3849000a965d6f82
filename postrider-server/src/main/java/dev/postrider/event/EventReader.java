package dev.postrider.event;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event log from its oldest line to its newest, as a stream; goes on later where it
 * stopped, also while a daemon writes. Changes nothing. For one thread.
 */
public final class EventReader {
  private static final int PART = 256 << 10;

  /** A longer line is none of ours. */
  private static final int MOST_LINE = 1 << 20;

  /** Takes lines one by one. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * An event.
     *
     * @param line valid until this returns
     */
    void line(EventLine line) throws IOException;

    /** A line that is no event. */
    default void damaged(Path file, long offset) throws IOException {}

    /** Files that are missing between others. */
    default void gap(long first, long last) throws IOException {}
  }

  private final Path directory;
  private final EventLine line = new EventLine();
  private byte[] buffer = new byte[PART];

  /** The file to go on with, and where. */
  private long number = -1;

  private long offset;
  private boolean tornTail;

  /** The event log of a queue directory. */
  public EventReader(Path queueDirectory) {
    this.directory = EventFiles.directory(queueDirectory);
  }

  /** Whether there is anything to read. */
  public boolean isEmpty() throws IOException {
    return EventFiles.list(directory).isEmpty();
  }

  /** Whether the newest file ended in part of a line when it was read last. */
  public boolean hasTornTail() {
    return tornTail;
  }

  /** Reads what is there since the last call. */
  public void read(Visitor visitor) throws IOException {
    read(visitor, Instant.MIN);
  }

  /**
   * Reads what is there since the last call, without files that ended before a moment.
   *
   * @param since how old the oldest event of interest is
   */
  public void read(Visitor visitor, Instant since) throws IOException {
    List<EventFiles.Numbered> files = EventFiles.list(directory);
    for (int i = 0; i < files.size(); i++) {
      EventFiles.Numbered file = files.get(i);
      boolean last = i == files.size() - 1;
      if (file.number() < number || (!last && endsBefore(files.get(i + 1), since))) {
        continue;
      }
      if (file.number() > number) {
        if (number >= 0 && file.number() > number + 1) {
          visitor.gap(number + 1, file.number() - 1);
        }
        number = file.number();
        offset = 0;
      }
      tornTail = false;
      readOne(file.path(), last, visitor);
    }
  }

  /** Whether everything before a file is older than a moment, by a margin for threads that wait. */
  private static boolean endsBefore(EventFiles.Numbered next, Instant since) throws IOException {
    if (since.equals(Instant.MIN)) {
      return false;
    }
    Instant first = firstTime(next.path());
    return first != null && first.isBefore(since.minusSeconds(5));
  }

  /** When the oldest event was that is still there; null if there is none. */
  public @Nullable Instant begin() throws IOException {
    for (EventFiles.Numbered file : EventFiles.list(directory)) {
      Instant first = firstTime(file.path());
      if (first != null) {
        return first;
      }
    }
    return null;
  }

  static @Nullable Instant firstTime(Path file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(64 << 10);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      fill(channel, head, 0);
    } catch (NoSuchFileException _) {
      return null;
    }
    int end = indexOf(head.array(), 0, head.position());
    EventLine line = new EventLine();
    return end >= 0 && line.take(head.array(), 0, end) ? line.time() : null;
  }

  private static void fill(FileChannel channel, ByteBuffer part, long from) throws IOException {
    while (part.hasRemaining()) {
      int count = channel.read(part, from + part.position());
      if (count < 0) {
        return;
      }
    }
  }

  private void readOne(Path path, boolean last, Visitor visitor) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (true) {
        ByteBuffer part = ByteBuffer.wrap(buffer);
        fill(channel, part, offset);
        int size = part.position();
        int used = lines(path, size, visitor);
        offset += used;
        if (size < buffer.length) {
          rest(path, size - used, last, visitor);
          return;
        }
        if (used == 0) {
          longLine(path, visitor);
        }
      }
    } catch (NoSuchFileException _) {
      // Rotated away since it was listed.
      return;
    }
  }

  /** What stands behind the last line feed: being written, or left by a crash. */
  private void rest(Path path, int size, boolean last, Visitor visitor) throws IOException {
    if (size == 0) {
      return;
    }
    if (last) {
      tornTail = true;
    } else {
      visitor.damaged(path, offset);
    }
  }

  private void longLine(Path path, Visitor visitor) throws IOException {
    if (buffer.length < MOST_LINE) {
      buffer = Arrays.copyOf(buffer, MOST_LINE);
    } else {
      visitor.damaged(path, offset);
      offset += buffer.length;
    }
  }

  /** Returns how many bytes were whole lines. */
  private int lines(Path path, int size, Visitor visitor) throws IOException {
    int from = 0;
    for (int to = indexOf(buffer, from, size); to >= 0; to = indexOf(buffer, from, size)) {
      if (line.take(buffer, from, to)) {
        visitor.line(line);
      } else {
        visitor.damaged(path, offset + from);
      }
      from = to + 1;
    }
    return from;
  }

  private static int indexOf(byte[] bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
