package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a start needs to know of a segment that is no longer written, in a file beside it, so that
 * it need not read the segment: {@code NUMBER-STAMP.summary}. Nothing depends on it: one that is
 * missing, torn, of another segment or of less than the segment is made again from the segment.
 * Immutable; docs/spool.md has the format. Facts are made one by one as they are asked for: a
 * million at once would be garbage that a start has to carry.
 */
final class SegmentSummary {
  static final String SUFFIX = ".summary";

  private static final int BYTES = 48;
  private static final int VERSION = 1;
  private static final long MAGIC = 0x50_52_53_55_4D_4D_52_0AL; // "PRSUMMR\n"

  /** A full segment of the smallest records has less. */
  private static final int MAX_PAYLOAD = 64 << 20;

  private static final int MESSAGE = 1;
  private static final int STATE = 2;
  private static final int DONE = 3;
  private static final int HOLD = 4;
  private static final int RELEASE = 5;
  private static final int SCHEDULE = 6;
  private static final int REMOVE = 7;

  // Flags of a MESSAGE.
  private static final int EXTERNAL = 1;
  private static final int CARRIED = 2;

  private final int end;
  private final long greatestId;
  private final byte[] facts;

  private SegmentSummary(int end, long greatestId, byte[] facts) {
    this.end = end;
    this.greatestId = greatestId;
    this.facts = facts;
  }

  /** The greatest message id that any of the segment's records names. */
  long greatestId() {
    return greatestId;
  }

  /**
   * Drops what a start would only build up and tear down.
   *
   * @param end where the segment's last sound record ends
   * @param all that its records say, in their order
   */
  static SegmentSummary of(int end, List<Fact> all) {
    long greatest = 0;
    Set<Long> removed = new HashSet<>();
    for (Fact fact : all) {
      greatest = Math.max(greatest, fact.id());
      if (fact instanceof Fact.Removed) {
        removed.add(fact.id());
      }
    }
    List<Fact> kept = new ArrayList<>(all.size() - removed.size());
    for (Fact fact : all) {
      // REMOVE stays: this may be the copy of a message that an older segment has as well.
      if (fact instanceof Fact.Removed || !removed.contains(fact.id())) {
        kept.add(fact);
      }
    }
    return new SegmentSummary(end, greatest, encode(kept));
  }

  static Path file(Segment segment) {
    return segment.path.resolveSibling(fileName(segment.header));
  }

  static String fileName(SegmentHeader header) {
    String name = header.fileName();
    return name.substring(0, name.length() - SegmentHeader.SUFFIX.length()) + SUFFIX;
  }

  /** Writes it. Not forced: a power cut costs the next start a look into the segment. */
  void write(Disk disk, Segment segment) throws IOException {
    Path file = file(segment);
    disk.delete(file);
    ByteBuffer header = ByteBuffer.allocate(BYTES);
    header.putLong(0, MAGIC);
    header.putShort(8, (short) VERSION);
    header.putInt(12, segment.number());
    header.putLong(16, segment.header.stamp());
    header.putLong(24, greatestId);
    header.putInt(32, end);
    header.putInt(36, facts.length);
    header.putInt(40, RecordHeader.crc(facts, facts.length));
    header.putInt(44, RecordHeader.crc(header, 0, BYTES - 4));
    try (DiskFile out = disk.create(file)) {
      out.write(header, 0);
      out.write(ByteBuffer.wrap(facts), BYTES);
    }
  }

  private static byte[] encode(List<Fact> facts) {
    FieldWriter out = new FieldWriter(64 + 48 * facts.size());
    FieldWriter row = new FieldWriter(64);
    for (Fact fact : facts) {
      row.clear();
      row.rawNumber(fact.id());
      switch (fact) {
        case Fact.Message(_, var offset, var size, var arrival, var beginning) -> {
          row.rawNumber(offset);
          row.rawNumber(size.metaLength());
          row.rawNumber((size.external() ? EXTERNAL : 0) | (beginning == null ? 0 : CARRIED));
          row.rawNumber(size.size());
          row.rawNumber(size.recipients());
          row.rawNumber(arrival);
          if (beginning != null) {
            row.rawNumber(beginning.done());
            Progress.standing(row, beginning.standing());
          }
          out.fields(MESSAGE, row);
        }
        case Fact.State(_, var offset, var length, var done, var least, var standing) -> {
          row.rawNumber(offset);
          row.rawNumber(length);
          row.rawNumber(done);
          row.rawNumber(least);
          Progress.standing(row, standing);
          out.fields(STATE, row);
        }
        case Fact.Done(_, var recipient) -> {
          row.rawNumber(recipient);
          out.fields(DONE, row);
        }
        case Fact.Held(_, var held) -> out.fields(held ? HOLD : RELEASE, row);
        case Fact.Scheduled(_, var next) -> {
          row.rawNumber(next);
          out.fields(SCHEDULE, row);
        }
        case Fact.Removed _ -> out.fields(REMOVE, row);
      }
    }
    return out.toBytes();
  }

  /**
   * Reads a segment's summary.
   *
   * @param limit where the segment ends, as far as is known otherwise
   * @return null if there is none to rely on
   */
  static @Nullable SegmentSummary read(Disk disk, Segment segment, long limit) {
    try (DiskFile in = disk.openToRead(file(segment))) {
      ByteBuffer header = ByteBuffer.allocate(BYTES);
      if (in.read(header, 0) < BYTES
          || header.getLong(0) != MAGIC
          || header.getShort(8) != VERSION
          || header.getInt(12) != segment.number()
          || header.getLong(16) != segment.header.stamp()
          || header.getInt(44) != RecordHeader.crc(header, 0, BYTES - 4)) {
        return null;
      }
      int end = header.getInt(32);
      int length = header.getInt(36);
      if (end < SegmentHeader.BYTES || end > limit || length < 0 || length > MAX_PAYLOAD) {
        return null;
      }
      byte[] payload = new byte[length];
      if (in.read(ByteBuffer.wrap(payload), BYTES) < length
          || header.getInt(40) != RecordHeader.crc(payload, length)
          || goesOn(disk, segment, end, limit)) {
        return null;
      }
      return new SegmentSummary(end, header.getLong(24), payload);
    } catch (IOException _) {
      return null;
    }
  }

  /**
   * Whether something stands behind what the summary tells: an ended segment that is the newest of
   * the next start is written again, and its summary of before stays.
   */
  private static boolean goesOn(Disk disk, Segment segment, int end, long limit)
      throws IOException {
    try (DiskFile file = disk.openToRead(segment.path)) {
      return SegmentScan.writtenEnd(file, end, Math.min(limit, file.size())) > end;
    }
  }

  /** Takes facts one by one. */
  @FunctionalInterface
  interface Visitor {
    void fact(Fact fact);
  }

  /**
   * Tells the facts in the order of the records, without what was stored and removed in the
   * segment.
   *
   * @throws BadRecordException if they are not what this program writes
   */
  void tell(Visitor visitor) throws BadRecordException {
    FieldReader in = new FieldReader(facts);
    for (int tag = in.next(); tag >= 0; tag = in.next()) {
      long id = in.number();
      visitor.fact(
          switch (tag) {
            case MESSAGE -> message(id, in);
            case STATE ->
                new Fact.State(
                    id,
                    (int) in.number(),
                    (int) in.number(),
                    (int) in.number(),
                    (int) in.number(),
                    Progress.standing(in.fields()));
            case DONE -> new Fact.Done(id, in.number());
            case HOLD -> new Fact.Held(id, true);
            case RELEASE -> new Fact.Held(id, false);
            case SCHEDULE -> new Fact.Scheduled(id, in.number());
            case REMOVE -> new Fact.Removed(id);
            default -> throw new BadRecordException("a fact of kind " + tag);
          });
    }
  }

  private static Fact message(long id, FieldReader in) throws BadRecordException {
    int offset = (int) in.number();
    int metaLength = (int) in.number();
    long flags = in.number();
    long size = in.number();
    int recipients = (int) in.number();
    boolean external = (flags & EXTERNAL) != 0;
    long arrival = in.number();
    Beginning beginning =
        (flags & CARRIED) == 0
            ? null
            : new Beginning((int) in.number(), Progress.standing(in.fields()));
    return new Fact.Message(
        id,
        offset,
        new Entry.MessageSize(size, external, metaLength, recipients),
        arrival,
        beginning);
  }
}
