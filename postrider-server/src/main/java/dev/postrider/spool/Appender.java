package dev.postrider.spool;

import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The segment that is being written. Records are gathered in one buffer, written with one call and
 * forced when somebody waits. For the writer's thread only.
 */
final class Appender {
  private static final int BUFFER_BYTES = 1 << 20;

  final Segment segment;
  private final DiskFile file;
  private final Buffers buffers;
  private final SpoolLimits limits;

  /** Where the zeroed part ends. */
  private long allocated;

  /** Where the records end that are certain to be on disk. */
  private int forcedEnd;

  /** Where the next record goes; what lies before is written or in the buffer. */
  private int end;

  /** Memory that outlives one segment. */
  static final class Buffers {
    private final ByteBuffer records;
    private final ByteBuffer zeros;

    Buffers(SpoolLimits limits) {
      int bytes = Math.clamp(limits.batchBytes(), 64, BUFFER_BYTES);
      records = ByteBuffer.allocateDirect(bytes);
      zeros = ByteBuffer.allocateDirect(Math.max(bytes / 4, 64));
    }
  }

  Appender(Segment segment, DiskFile file, int end, Buffers buffers, SpoolLimits limits)
      throws IOException {
    this.segment = segment;
    this.file = file;
    this.buffers = buffers;
    this.limits = limits;
    this.end = end;
    this.forcedEnd = end;
    this.allocated = file.size();
    buffers.records.clear();
  }

  int forcedEnd() {
    return forcedEnd;
  }

  int end() {
    return end;
  }

  /** Whether the segment has room; an empty one takes a record of any size. */
  boolean hasRoom(long bytes) {
    return end + bytes <= limits.segmentBytes() || end == SegmentHeader.BYTES;
  }

  /**
   * Zeroes blocks for a record before anything of it is written, so that a full disk is found out
   * while nothing has to be undone.
   */
  void reserve(long bytes) throws IOException {
    long wanted = end + bytes + limits.reserveBytes();
    if (wanted > allocated) {
      long target = wanted + limits.growthBytes();
      if (wanted < limits.segmentBytes()) {
        target = Math.min(target, limits.segmentBytes());
      }
      zeroTo(target);
    }
  }

  private void zeroTo(long target) throws IOException {
    while (allocated < target) {
      buffers.zeros.clear();
      buffers.zeros.limit((int) Math.min(buffers.zeros.capacity(), target - allocated));
      int count = buffers.zeros.remaining();
      file.write(buffers.zeros, allocated);
      allocated += count;
    }
  }

  /** Whether a record fits into what is zeroed already: true on a full disk for a good while. */
  boolean isReserved(long bytes) {
    return end + bytes <= allocated;
  }

  /** Adds a record and returns where it begins. */
  int put(RecordHeader header, byte[] meta, byte[] content) throws IOException {
    ByteBuffer records = buffers.records;
    if (records.remaining() < RecordHeader.BYTES) {
      write();
    }
    int offset = end;
    int at = records.position();
    header.put(records, at, segment.header.stamp());
    records.position(at + RecordHeader.BYTES);
    end += RecordHeader.BYTES;
    add(meta, header.metaLength());
    add(content, header.contentLength());
    int padding = (int) (header.bytes() - (end - offset));
    add(PADDING, padding);
    return offset;
  }

  private static final byte[] PADDING = new byte[RecordHeader.ALIGNMENT];

  private void add(byte[] bytes, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (!buffers.records.hasRemaining()) {
        write();
      }
      int part = Math.min(length - done, buffers.records.remaining());
      buffers.records.put(bytes, done, part);
      done += part;
      end += part;
    }
  }

  /** Hands what was gathered to the operating system: it survives the end of this process. */
  void write() throws IOException {
    ByteBuffer records = buffers.records;
    if (records.position() > 0) {
      int start = end - records.position();
      records.flip();
      file.write(records, start);
      records.clear();
      allocated = Math.max(allocated, end);
    }
  }

  boolean isForced() {
    return forcedEnd == end;
  }

  void force() throws IOException {
    file.force();
    forcedEnd = end;
  }

  /** Removes from the file what was never forced. */
  void cut() throws IOException {
    buffers.records.clear();
    end = forcedEnd;
    file.truncate(forcedEnd);
    file.force();
  }

  /** Gives the zeroed rest back, if it can, and lets go of the file, which is forced. */
  void seal() {
    try {
      file.truncate(end);
    } catch (IOException _) {
      // A reader takes zeros for the end as well.
    }
    abandon();
  }

  /** Lets go of the file. */
  void abandon() {
    try {
      file.close();
    } catch (IOException _) {
      // What mattered was forced before, or its failure was reported.
    }
  }
}
