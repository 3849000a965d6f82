package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a spool as their names and headers tell them, before any record is read.
 * Immutable.
 *
 * @param all by number
 * @param ends where a segment's successor says that it ends, by the number of the segment
 */
record SegmentFiles(List<Found> all, Map<Integer, Long> ends) {
  SegmentFiles {
    all = List.copyOf(all);
    ends = Map.copyOf(ends);
  }

  /** A segment's header, or if that is not sound, what the file's name tells. */
  record Found(SegmentHeader header, boolean sound) {}

  /**
   * Looks at all there are.
   *
   * @throws IOException if one is of a version that this program cannot read
   */
  static SegmentFiles of(Disk disk, Path directory) throws IOException {
    List<Found> all = new ArrayList<>();
    Map<Integer, Long> ends = new HashMap<>();
    for (String name : disk.list(directory)) {
      SegmentHeader named = SegmentHeader.fromFileName(name);
      Found found = named == null ? null : find(disk, directory.resolve(name), named);
      if (found != null) {
        all.add(found);
        if (found.header.previousEnd() > 0) {
          ends.put(found.header.previousNumber(), (long) found.header.previousEnd());
        }
      }
    }
    return new SegmentFiles(all, ends);
  }

  /** Null if the file is gone. */
  private static @Nullable Found find(Disk disk, Path file, SegmentHeader named)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.MOST_BYTES);
    try (DiskFile in = disk.openToRead(file)) {
      bytes.limit(in.read(bytes, 0));
    } catch (NoSuchFileException _) {
      return null;
    }
    int version = SegmentHeader.version(bytes);
    if (version > SegmentHeader.VERSION) {
      throw new IOException(
          file
              + " was written by a newer version of Postrider, in format "
              + version
              + "; this one reads up to "
              + SegmentHeader.VERSION
              + ": install that version again, and before going back have it take the mail out"
              + " (postrider spool export), which this one puts into an empty queue (spool import)");
    }
    SegmentHeader header = SegmentHeader.parse(bytes);
    return header != null && header.fileName().equals(named.fileName())
        ? new Found(header, true)
        : new Found(named, false);
  }

  boolean isNewest(Found found) {
    return found.equals(all.getLast());
  }

  /** Where a segment's records end at the latest. */
  long limit(Found found, long size) {
    return Math.min(size, ends.getOrDefault(found.header.number(), size));
  }
}
