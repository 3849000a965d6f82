package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The segments there are. For the writer's thread, and recovery before it. */
final class SegmentDirectory {
  final Disk disk;
  final Path directory;
  private final TreeMap<Integer, Segment> segments = new TreeMap<>();
  private final MailLog log;
  private int greatestNumber;
  private boolean someMayBeDead = true;

  /**
   * Segments whose name was taken away, and nobody knows whether on disk: a force of the directory
   * that succeeds after one that failed says nothing of what the failed one was to write.
   */
  private final Set<Segment> doubtful = new HashSet<>();

  /** Whether something died since {@link #lookedAt}. */
  private boolean someDied = true;

  SegmentDirectory(Disk disk, Path directory, MailLog log) {
    this.disk = disk;
    this.directory = directory;
    this.log = log;
  }

  void add(Segment segment) {
    segments.put(segment.number(), segment);
    greatestNumber = Math.max(greatestNumber, segment.number());
  }

  void numberSeen(int number) {
    greatestNumber = Math.max(greatestNumber, number);
  }

  boolean isThere(Segment segment) {
    return segments.get(segment.number()) == segment;
  }

  List<Segment> all() {
    return new ArrayList<>(segments.values());
  }

  /**
   * Creates the next segment; when this returns it survives a power cut, and so does the word about
   * where its predecessor ends.
   */
  Begun begin(long greatestId, InstantSource clock, int previous, int previousEnd)
      throws IOException {
    int number = ++greatestNumber;
    SegmentHeader header =
        new SegmentHeader(
            number,
            // Made here, as it is seldom needed: the first one of a process costs 30 ms.
            new SecureRandom().nextLong(),
            Micros.of(clock.instant()),
            greatestId,
            previous,
            previousEnd);
    Segment segment = new Segment(header, directory, disk);
    DiskFile file = disk.create(segment.path);
    try {
      file.write(header.encode(), 0);
      file.force();
      disk.forceDirectory(directory);
    } catch (IOException e) {
      giveUp(segment, file);
      throw e;
    }
    add(segment);
    return new Begun(segment, file);
  }

  /** A new segment and its file. */
  record Begun(Segment segment, DiskFile file) {}

  private void giveUp(Segment segment, DiskFile file) {
    try {
      file.close();
      disk.delete(segment.path);
    } catch (IOException e) {
      log.warning("spool", "cannot delete unused " + segment.path + ": " + e.getMessage());
    }
  }

  /** One reason less to keep a segment. */
  void release(Segment segment, long bytes) {
    segment.live--;
    segment.liveBytes -= bytes;
    someDied = true;
    someMayBeDead |= segment.live == 0;
  }

  boolean someDied() {
    return someDied;
  }

  /** Somebody has seen what is alive. */
  void lookedAt() {
    someDied = false;
  }

  /** The segment is no longer written. */
  void sealed(Segment segment) {
    someMayBeDead |= segment.live == 0;
  }

  /**
   * Keeps a segment as long as an older one is there: it has the REMOVE of one of its messages, or
   * the word where it ends.
   */
  void pin(Segment older, Segment pinned) {
    if (older != pinned && isThere(older) && older.pinned.add(pinned)) {
      pinned.pins++;
    }
  }

  /**
   * Deletes the segments nobody needs, but {@code current}. The names are forced before the REMOVE
   * records of what was in them are given up: otherwise a power cut could bring back the messages
   * without the word that they are gone.
   */
  void deleteDead(@Nullable Segment current) throws IOException {
    while (someMayBeDead) {
      List<Segment> dead = new ArrayList<>();
      for (Segment segment : segments.values()) {
        if (segment.live == 0 && segment.pins == 0 && segment != current) {
          dead.add(segment);
        }
      }
      if (dead.isEmpty()) {
        someMayBeDead = false;
        return;
      }
      for (Segment segment : dead) {
        segment.close(true);
        if (!doubtful.add(segment)) {
          nameAgain(segment);
        }
        disk.delete(segment.path);
        disk.delete(SegmentSummary.file(segment));
      }
      disk.forceDirectory(directory);
      for (Segment segment : dead) {
        doubtful.remove(segment);
        segments.remove(segment.number());
        for (Segment each : segment.pinned) {
          each.pins--;
        }
      }
    }
  }

  /**
   * Gives a dead segment's name to an empty segment, so that taking it away is a change again,
   * which the next force has to write.
   */
  private void nameAgain(Segment segment) throws IOException {
    disk.delete(segment.path);
    try (DiskFile file = disk.create(segment.path)) {
      // With a header, for a power cut in between: without one it would look like damage.
      file.write(segment.header.encode(), 0);
      file.force();
    }
  }

  void close() throws IOException {
    for (Segment segment : segments.values()) {
      segment.close(false);
    }
  }
}
