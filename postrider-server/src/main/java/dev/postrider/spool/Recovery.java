package dev.postrider.spool;

import dev.postrider.io.DiskFile;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the segments in order and rebuilds the index. When it repairs, it cuts the unfinished write
 * at the end of the newest segment and copies damage into quarantine; when it only looks, it
 * touches nothing, and a daemon may be writing meanwhile. For one thread.
 */
final class Recovery {
  private final SegmentDirectory segments;
  private final Index index;
  private final IdSource ids;
  private final MailLog log;
  private final @Nullable Quarantine quarantine;
  private final Replay replay;
  private final Map<Integer, Long> ends = new HashMap<>();
  private long damagedPlaces;
  private @Nullable Segment newest;
  private long newestEnd;

  /**
   * Prepares to read.
   *
   * @param quarantine where damage goes; null to only look
   */
  Recovery(
      SegmentDirectory segments,
      Index index,
      IdSource ids,
      MailLog log,
      @Nullable Quarantine quarantine) {
    this.segments = segments;
    this.index = index;
    this.ids = ids;
    this.log = log;
    this.quarantine = quarantine;
    this.replay = new Replay(segments, index, ids, log);
  }

  void run() throws IOException {
    List<String> names =
        segments.disk.list(segments.directory).stream()
            .filter(name -> SegmentHeader.fromFileName(name) != null)
            .toList();
    List<Found> found = new ArrayList<>();
    for (String name : names) {
      Found header = header(name);
      if (header != null) {
        found.add(header);
        if (header.header.previousEnd() > 0) {
          ends.put(header.header.previousNumber(), (long) header.header.previousEnd());
        }
      }
    }
    for (Found each : found) {
      read(each, each.equals(found.getLast()));
    }
  }

  /** A segment's header, or if that is not sound, what the file's name tells. */
  private record Found(SegmentHeader header, boolean sound) {}

  /** The segment to go on with and where, if the newest one is sound. */
  @Nullable Segment newest() {
    return newest;
  }

  int newestEnd() {
    return Math.toIntExact(newestEnd);
  }

  List<Replay.Stray> strays() {
    return replay.strays();
  }

  boolean foundDamage() {
    return damagedPlaces > 0;
  }

  /** Null if the file is gone. */
  private @Nullable Found header(String name) throws IOException {
    SegmentHeader named = SegmentHeader.fromFileName(name);
    ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
    try (DiskFile file = segments.disk.openToRead(segments.directory.resolve(name))) {
      file.read(bytes, 0);
    } catch (NoSuchFileException _) {
      return null;
    }
    if (SegmentHeader.version(bytes) > SegmentHeader.VERSION) {
      throw new IOException(
          segments.directory.resolve(name)
              + " was written by a newer version of Postrider (start that version)");
    }
    SegmentHeader header = SegmentHeader.parse(bytes);
    boolean sound = header != null && named != null && header.fileName().equals(name);
    SegmentHeader use = sound ? header : named;
    return use == null ? null : new Found(use, sound);
  }

  private void read(Found found, boolean last) throws IOException {
    Segment segment = new Segment(found.header, segments.directory, segments.disk);
    segments.numberSeen(segment.number());
    try (DiskFile file = segments.disk.openToRead(segment.path)) {
      long size = file.size();
      long limit = Math.min(size, ends.getOrDefault(segment.number(), size));
      ids.seen(segment.header.greatestId());
      replay.begin(segment);
      SegmentScan scan = new SegmentScan(file, segment.header.stamp(), limit, quarantine != null);
      long end =
          scan.run(
              new SegmentScan.Visitor() {
                @Override
                public void record(RecordHeader header, int offset, byte[] meta)
                    throws IOException {
                  try {
                    replay.record(header, offset, meta);
                  } catch (BadRecordException e) {
                    damaged(offset, offset + header.bytes());
                  }
                }

                @Override
                public void damaged(long from, long to) throws IOException {
                  Recovery.this.damaged(segment, file, from, to);
                }
              });
      if (!found.sound && (!last || segment.live > 0)) {
        damaged(segment, file, 0, SegmentHeader.BYTES);
      }
      if (last) {
        endOfNewest(segment, file, new End(end, size, found.sound));
      } else if (!isZero(file, end, limit)) {
        damaged(segment, file, end, limit);
      }
    } catch (NoSuchFileException e) {
      if (quarantine != null) {
        throw e;
      }
      // A daemon is running and has just deleted it: nothing in it was alive.
    }
  }

  /** Where the records end, and the file, and whether one can go on writing. */
  private record End(long records, long file, boolean sound) {}

  private void endOfNewest(Segment segment, DiskFile file, End end) throws IOException {
    if (quarantine == null || !end.sound) {
      return;
    }
    if (!isZero(file, end.records, end.file)) {
      log.info(
          "spool",
          "%s: cut an unfinished write at byte %d (nothing acknowledged is lost)"
              .formatted(segment.path, end.records));
    }
    cut(segment, end.records);
    newest = segment;
    newestEnd = end.records;
  }

  /** Forced, so that no remnant can ever follow what is written next. */
  private void cut(Segment segment, long end) throws IOException {
    try (DiskFile file = segments.disk.open(segment.path)) {
      if (file.size() > end) {
        file.truncate(end);
        file.force();
      }
    }
  }

  private void damaged(Segment segment, DiskFile file, long from, long to) throws IOException {
    damagedPlaces++;
    if (quarantine == null) {
      return;
    }
    if (quarantine.copy(segment.path, file, from, to)) {
      log.warning(
          "spool",
          "%s: bytes %d to %d are damaged: copied to quarantine, the rest of the queue goes on"
              .formatted(segment.path, from, to));
    }
  }

  private static boolean isZero(DiskFile file, long from, long to) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(64 << 10);
    for (long at = from; at < to; at += part.capacity()) {
      part.clear();
      part.limit((int) Math.min(part.capacity(), to - at));
      int count = file.read(part, at);
      for (int i = 0; i < count; i++) {
        if (part.get(i) != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Deletes body files without a message; keeps them where a damaged record may have named them.
   */
  void sortBodies(Bodies bodies) throws IOException {
    Set<Long> there = new HashSet<>(bodies.ids());
    for (Entry entry : index.all()) {
      if (entry.external && !there.remove(entry.id)) {
        log.error(
            "spool",
            "%s: its body file %s is missing, so it cannot be delivered (restore the file, or delete the message)"
                .formatted(new QueueId(entry.id).shortForm(), bodies.file(entry.id)));
      }
    }
    for (long id : there) {
      ids.seen(id);
      if (quarantine != null && foundDamage()) {
        quarantine.move(bodies.file(id));
      } else if (quarantine != null) {
        bodies.discard(id);
      }
    }
  }
}
