package dev.postrider.spool;

import dev.postrider.io.DiskFile;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the segments in order and rebuilds the index: reads the newest one whole, the others
 * by their summaries if they have them. When it repairs, it cuts the unfinished write at the end of
 * the newest segment and copies damage into quarantine; when it only looks, it touches nothing, and
 * a daemon may be writing meanwhile. For one thread.
 */
final class Recovery {
  private final SegmentDirectory segments;
  private final Index index;
  private final IdSource ids;
  private final MailLog log;
  private final @Nullable Quarantine quarantine;
  private final Replay replay;
  private final List<SegmentKeeper.Job> keeping = new ArrayList<>();
  private long damagedPlaces;
  private boolean cutSomething;
  private @Nullable Segment newest;
  private long newestEnd;

  /** The segment read last, if its file goes on behind the end that its successor tells. */
  private @Nullable Segment uncut;

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
    SegmentFiles files = SegmentFiles.of(segments.disk, segments.directory);
    for (SegmentFiles.Found each : files.all()) {
      read(files, each);
    }
    if (quarantine != null) {
      forgetSummaries();
    }
  }

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

  /** The segments to look after in the background. */
  List<SegmentKeeper.Job> keeping() {
    return keeping;
  }

  /** Deletes summaries whose segment is gone. */
  private void forgetSummaries() throws IOException {
    Set<String> wanted = new HashSet<>();
    for (Segment each : segments.all()) {
      wanted.add(SegmentSummary.fileName(each.header));
    }
    for (String name : segments.disk.list(segments.directory)) {
      if (name.endsWith(SegmentSummary.SUFFIX) && !wanted.contains(name)) {
        segments.disk.delete(segments.directory.resolve(name));
      }
    }
  }

  long damagedPlaces() {
    return damagedPlaces;
  }

  private void read(SegmentFiles files, SegmentFiles.Found found) throws IOException {
    Segment segment = new Segment(found.header(), segments.directory, segments.disk);
    segments.numberSeen(segment.number());
    ids.seen(segment.header.greatestId());
    boolean last = files.isNewest(found);
    try (DiskFile file = segments.disk.openToRead(segment.path)) {
      long size = file.size();
      long limit = files.limit(found, size);
      replay.begin(segment);
      if (uncut != null) {
        segments.pin(uncut, segment);
      }
      uncut = limit < size ? segment : null;
      SegmentSummary summary =
          last || !found.sound() ? null : SegmentSummary.read(segments.disk, segment, limit);
      if (summary == null) {
        scan(found, last, segment, new Extent(file, size, limit));
      } else {
        apply(segment, summary);
        keeping.add(new SegmentKeeper.Job(segment, limit, true));
      }
    } catch (NoSuchFileException e) {
      if (quarantine != null) {
        throw e;
      }
      // A daemon is running and has just deleted it: nothing in it was alive.
    }
  }

  private void apply(Segment segment, SegmentSummary summary) throws IOException {
    ids.seen(summary.greatestId());
    try {
      summary.tell(fact -> {
        try {
          replay.apply(fact);
        } catch (BadRecordException _) {
          // As where the record itself is read: it has no say. The keeper meets it again.
        }
      });
    } catch (BadRecordException e) {
      // Sound by its checksum and still nothing we write: a bug of ours, and half of it is applied.
      if (quarantine != null) {
        segments.disk.delete(SegmentSummary.file(segment));
      }
      throw new IOException(
          "%s: %s (it is only a help: deleted, start again)"
              .formatted(SegmentSummary.file(segment), e.getMessage()),
          e);
    }
  }

  /** A segment's file, its size, and how far it is valid. */
  private record Extent(DiskFile file, long size, long limit) {}

  private void scan(SegmentFiles.Found found, boolean last, Segment segment, Extent extent)
      throws IOException {
    long damagedBefore = damagedPlaces;
    DiskFile file = extent.file;
    SegmentScan scan =
        new SegmentScan(file, segment.header.stamp(), extent.limit, quarantine != null);
    long end =
        scan.run(
            new SegmentScan.Visitor() {
              @Override
              public void record(RecordHeader header, int offset, byte[] meta) throws IOException {
                try {
                  replay.apply(Fact.of(header, offset, meta));
                } catch (BadRecordException e) {
                  damaged(offset, offset + header.bytes());
                }
              }

              @Override
              public void damaged(long from, long to) throws IOException {
                Recovery.this.damaged(segment, file, from, to);
              }
            });
    if (!found.sound() && (!last || segment.live > 0)) {
      damaged(segment, file, 0, SegmentHeader.BYTES);
    }
    if (last) {
      endOfNewest(segment, file, new End(end, extent.size, found.sound()));
    } else {
      long written = SegmentScan.writtenEnd(file, end, extent.limit);
      if (written > end) {
        damaged(segment, file, end, written);
      }
    }
    if (!last && damagedPlaces == damagedBefore) {
      keeping.add(new SegmentKeeper.Job(segment, extent.limit, false));
    }
  }

  /** Where the records end, and the file, and whether one can go on writing. */
  private record End(long records, long file, boolean sound) {}

  private void endOfNewest(Segment segment, DiskFile file, End end) throws IOException {
    if (quarantine == null || !end.sound) {
      return;
    }
    long written = SegmentScan.writtenEnd(file, end.records, end.file);
    if (written > end.records) {
      cutSomething = true;
      if (!keepTail(segment, file, end.records, written)) {
        // Left as it is, for the next start; what comes now goes to a new segment.
        return;
      }
      log.info(
          "spool",
          "%s: cut an unfinished write at byte %d (nothing acknowledged is lost, unless the disk damaged it; a copy is in quarantine)"
              .formatted(segment.path, end.records));
    }
    cut(segment, end.records);
    newest = segment;
    newestEnd = end.records;
  }

  /**
   * Nobody can tell a write that a power cut tore from one that was forced and that the disk
   * damaged afterwards, so what is cut is kept for a while.
   */
  private boolean keepTail(Segment segment, DiskFile file, long from, long to) {
    if (quarantine == null) {
      return false;
    }
    try {
      quarantine.copyTail(segment.path, file, from, to);
      return true;
    } catch (IOException e) {
      log.warning(
          "spool",
          "%s: an unfinished write at byte %d stays, because it cannot be copied to quarantine: %s"
              .formatted(segment.path, from, e.getMessage()));
      return false;
    }
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

  private void damaged(Segment segment, DiskFile file, long from, long to) {
    damagedPlaces++;
    if (quarantine != null && !quarantine.take(segment.path, file, from, to, log)) {
      // Without a copy the segment is all there is of it.
      segment.keep(0);
    }
  }

  /**
   * Deletes body files without a message; keeps them where a damaged record may have named them, or
   * one that was cut.
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
      if (quarantine != null && damagedPlaces > 0) {
        quarantine.move(bodies.file(id), "");
      } else if (quarantine != null && cutSomething) {
        quarantine.move(bodies.file(id), Quarantine.TAIL);
      } else if (quarantine != null) {
        bodies.discard(id);
      }
    }
  }
}
