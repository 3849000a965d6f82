package dev.postrider.spool;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The fixed part of a record, 48 bytes, big-endian; docs/spool.md has the table. Its own checksum
 * makes the lengths trustworthy even when what follows is damaged.
 */
record RecordHeader(
    RecordType type, long id, int metaLength, int contentLength, int metaCrc, int contentCrc) {
  static final int BYTES = 48;

  /** Begins every record, at a multiple of {@link #ALIGNMENT}: what a search looks for. */
  static final int MARK = 0x50_52_72_AB;

  static final int ALIGNMENT = 8;

  /** 100,000 recipients fit. Whoever claims more is damaged. */
  static final int MAX_META = 16 << 20;

  static final int MAX_CONTENT = 16 << 20;

  private static final int CHECKED_BYTES = BYTES - 4;

  /** Bytes to the next record. */
  long bytes() {
    return padded((long) BYTES + metaLength + contentLength);
  }

  static long padded(long length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /**
   * Writes the header at {@code at}.
   *
   * @param stamp the segment's, see {@link SegmentHeader}
   */
  void put(ByteBuffer into, int at, long stamp) {
    into.putInt(at, MARK);
    into.put(at + 4, (byte) type.code);
    into.put(at + 5, (byte) 0);
    into.putShort(at + 6, (short) 0);
    into.putLong(at + 8, id);
    into.putLong(at + 16, stamp);
    into.putInt(at + 24, metaLength);
    into.putInt(at + 28, contentLength);
    into.putInt(at + 32, metaCrc);
    into.putInt(at + 36, contentCrc);
    into.putInt(at + 40, 0);
    into.putInt(at + CHECKED_BYTES, crc(into, at, CHECKED_BYTES));
  }

  /** Reads the header at {@code at}; null if there is none that belongs to this segment. */
  static @Nullable RecordHeader parse(ByteBuffer from, int at, long stamp) {
    if (from.getInt(at) != MARK
        || from.getLong(at + 16) != stamp
        || from.getInt(at + CHECKED_BYTES) != crc(from, at, CHECKED_BYTES)) {
      return null;
    }
    RecordType type = RecordType.of(from.get(at + 4) & 0xFF);
    int metaLength = from.getInt(at + 24);
    int contentLength = from.getInt(at + 28);
    if (type == null
        || metaLength < 0
        || metaLength > MAX_META
        || contentLength < 0
        || contentLength > MAX_CONTENT) {
      return null;
    }
    return new RecordHeader(
        type,
        from.getLong(at + 8),
        metaLength,
        contentLength,
        from.getInt(at + 32),
        from.getInt(at + 36));
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  static int crc(ByteBuffer bytes, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(at, length));
    return (int) crc.getValue();
  }
}
