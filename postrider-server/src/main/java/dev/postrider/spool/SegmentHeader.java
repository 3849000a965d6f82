package dev.postrider.spool;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The first 64 bytes of a segment, big-endian; docs/spool.md has the table.
 *
 * @param number of this segment; grows, never used again
 * @param stamp random, repeated in every record: a message cannot contain bytes that a search would
 *     take for a record, because its sender does not know it
 * @param createdMicros when
 * @param greatestId no id up to this one may be given again
 * @param previousNumber the segment written before; 0 if there was none
 * @param previousEnd where its valid records end: what follows there was never acknowledged
 */
record SegmentHeader(
    int number,
    long stamp,
    long createdMicros,
    long greatestId,
    int previousNumber,
    int previousEnd) {
  static final int BYTES = 64;

  /** What to read at least to recognize the header of a later version. */
  static final int MOST_BYTES = 4096;

  static final int VERSION = 1;
  static final String SUFFIX = ".segment";
  private static final long MAGIC = 0x50_52_53_50_4F_4F_4C_0AL; // "PRSPOOL\n"

  ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.putLong(0, MAGIC);
    out.putShort(8, (short) VERSION);
    out.putShort(10, (short) BYTES);
    out.putInt(12, number);
    out.putLong(16, stamp);
    out.putLong(24, createdMicros);
    out.putLong(32, greatestId);
    out.putInt(40, previousNumber);
    out.putInt(44, previousEnd);
    out.putInt(BYTES - 4, RecordHeader.crc(out, 0, BYTES - 4));
    return out;
  }

  /** Null if these are not the bytes of a header. */
  static @Nullable SegmentHeader parse(ByteBuffer from) {
    if (from.limit() < BYTES
        || from.getLong(0) != MAGIC
        || from.getInt(BYTES - 4) != RecordHeader.crc(from, 0, BYTES - 4)) {
      return null;
    }
    return new SegmentHeader(
        from.getInt(12),
        from.getLong(16),
        from.getLong(24),
        from.getLong(32),
        from.getInt(40),
        from.getInt(44));
  }

  /**
   * The format's version if this is the sound header of a segment, in any version: it begins alike,
   * and its last four bytes are the checksum of the others. Otherwise -1.
   */
  static int version(ByteBuffer from) {
    if (from.limit() < BYTES || from.getLong(0) != MAGIC) {
      return -1;
    }
    int length = from.getShort(10) & 0xFFFF;
    boolean sound =
        length >= 16
            && length <= from.limit()
            && from.getInt(length - 4) == RecordHeader.crc(from, 0, length - 4);
    return sound ? from.getShort(8) & 0xFFFF : -1;
  }

  /** {@code 0000000042-0123456789abcdef.segment}: sorts by number, and repeats the stamp. */
  String fileName() {
    return "%010d-%016x".formatted(number, stamp) + SUFFIX;
  }

  /** What the name alone tells, for a segment whose header is damaged; null if it is no name. */
  static @Nullable SegmentHeader fromFileName(String name) {
    if (name.length() != 35 || name.charAt(10) != '-' || !name.endsWith(SUFFIX)) {
      return null;
    }
    try {
      int number = Integer.parseInt(name, 0, 10, 10);
      long stamp = Long.parseUnsignedLong(name, 11, 27, 16);
      return number > 0 ? new SegmentHeader(number, stamp, 0, 0, 0, 0) : null;
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
