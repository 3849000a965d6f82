package dev.postrider.spool;

import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment's records in order. Damage is an expected input: a record with a sound header and
 * a damaged rest is stepped over, anything else is searched for the next sound header. Memory is
 * bounded by one meta part. For one thread.
 */
final class SegmentScan {
  private static final int WINDOW = 256 << 10;

  private final DiskFile file;
  private final long stamp;
  private final long limit;
  private final boolean checkContent;
  private ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
  private long windowStart;

  /**
   * Takes the file's bytes up to {@code limit}.
   *
   * @param checkContent whether to read the contents too, which a listing need not
   */
  SegmentScan(DiskFile file, long stamp, long limit, boolean checkContent) {
    this.file = file;
    this.stamp = stamp;
    this.limit = limit;
    this.checkContent = checkContent;
  }

  /** Hears what is there, from front to back. */
  interface Visitor {
    void record(RecordHeader header, int offset, byte[] meta) throws IOException;

    /** Bytes between sound records that are none. */
    void damaged(long from, long to) throws IOException;
  }

  /** Returns where the last sound record ends. */
  long run(Visitor visitor) throws IOException {
    long soundEnd = SegmentHeader.BYTES;
    long position = SegmentHeader.BYTES;
    while (true) {
      position = nextHeader(position);
      if (position < 0) {
        return soundEnd;
      }
      RecordHeader header = headerAt(position);
      if (header == null) {
        position += RecordHeader.ALIGNMENT;
        continue;
      }
      byte[] meta = soundMeta(header, position);
      if (meta == null) {
        position += header.bytes() <= limit - position ? header.bytes() : RecordHeader.ALIGNMENT;
        continue;
      }
      if (position > soundEnd) {
        visitor.damaged(soundEnd, position);
      }
      visitor.record(header, Math.toIntExact(position), meta);
      position += header.bytes();
      soundEnd = position;
    }
  }

  /** Where the next mark is, from {@code from} on; -1 if there is none. */
  private long nextHeader(long from) throws IOException {
    for (long at = from; at + RecordHeader.BYTES <= limit; at += RecordHeader.ALIGNMENT) {
      if (!has(at, RecordHeader.BYTES)) {
        return -1;
      }
      if (window.getInt((int) (at - windowStart)) == RecordHeader.MARK) {
        return at;
      }
    }
    return -1;
  }

  private @Nullable RecordHeader headerAt(long position) {
    RecordHeader header = RecordHeader.parse(window, (int) (position - windowStart), stamp);
    return header != null && header.bytes() <= limit - position + RecordHeader.ALIGNMENT
        ? header
        : null;
  }

  /** The meta part if it, and the content, are as they were written; else null. */
  private byte @Nullable [] soundMeta(RecordHeader header, long position) throws IOException {
    long start = position + RecordHeader.BYTES;
    long contentStart = start + header.metaLength();
    if (contentStart + header.contentLength() > limit || !has(start, header.metaLength())) {
      return null;
    }
    byte[] meta = new byte[header.metaLength()];
    window.get((int) (start - windowStart), meta);
    if (RecordHeader.crc(meta, meta.length) != header.metaCrc()) {
      return null;
    }
    return !checkContent || contentIsSound(header, contentStart) ? meta : null;
  }

  private boolean contentIsSound(RecordHeader header, long start) throws IOException {
    CRC32C crc = new CRC32C();
    long end = start + header.contentLength();
    for (long at = start; at < end; ) {
      int part = (int) Math.min(WINDOW, end - at);
      if (!has(at, part)) {
        return false;
      }
      crc.update(window.slice((int) (at - windowStart), part));
      at += part;
    }
    return header.contentLength() == 0 || (int) crc.getValue() == header.contentCrc();
  }

  /** Brings bytes into the window; false if the file ends before. */
  private boolean has(long position, int length) throws IOException {
    if (position >= windowStart && position + length <= windowStart + window.limit()) {
      return true;
    }
    if (window.capacity() < length) {
      window = ByteBuffer.allocate(length);
    } else if (window.capacity() > WINDOW && length <= WINDOW) {
      window = ByteBuffer.allocate(WINDOW);
    }
    window.clear();
    window.limit((int) Math.min(window.capacity(), limit - position));
    int count = file.read(window, position);
    window.limit(count);
    windowStart = position;
    return count >= length;
  }

  /**
   * Where the last byte that is not zero ends, from one byte to another; {@code from} if there are
   * only zeros: room that was never written.
   */
  static long writtenEnd(DiskFile file, long from, long to) throws IOException {
    long end = from;
    ByteBuffer part = ByteBuffer.allocate(64 << 10);
    for (long at = from; at < to; at += part.capacity()) {
      part.clear();
      part.limit((int) Math.min(part.capacity(), to - at));
      int count = file.read(part, at);
      for (int i = count - 1; i >= 0; i--) {
        if (part.get(i) != 0) {
          end = at + i + 1;
          break;
        }
      }
    }
    return end;
  }
}
