package dev.postrider.migrate;

import dev.postrider.archive.BadExportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a queue file, and goes where pointer records lead: Postfix edits a message
 * in place by pointing to a place behind its end and back. Bounded by the size of the file. For one
 * thread.
 */
final class RecordReader {
  private static final int BLOCK = 64 << 10;

  /** More than any line of Postfix (line_length_limit), and nothing that fills the memory. */
  private static final int LONGEST = 16 << 20;

  /** One for each header that a milter inserted; a loop has no end. */
  private static final int MOST_JUMPS_BACK = 10_000;

  private final FileChannel channel;
  private final ByteBuffer block = ByteBuffer.allocate(BLOCK).flip();
  private long blockEnd;
  private int jumpsBack;
  private long lastTarget;

  /**
   * A reader from the beginning of the file.
   *
   * @param channel stays open; its own position is not used
   */
  RecordReader(FileChannel channel) {
    this.channel = channel;
  }

  long position() {
    return blockEnd - block.remaining();
  }

  void seek(long position) {
    block.position(block.limit());
    blockEnd = position;
  }

  /**
   * The next record that is neither pointer nor padding; null at the end of the file.
   *
   * @throws BadExportException if the file is damaged, with the place
   */
  @Nullable QueueRecord next() throws IOException {
    while (true) {
      QueueRecord record = raw();
      if (record == null) {
        return null;
      }
      switch (record.type()) {
        case QueueRecord.POINTER -> follow(record);
        case QueueRecord.PADDING -> {}
        default -> {
          return record;
        }
      }
    }
  }

  private @Nullable QueueRecord raw() throws IOException {
    long offset = position();
    int type = octet();
    if (type < 0) {
      return null;
    }
    long length = 0;
    for (int shift = 0; ; shift += 7) {
      int part = octet();
      if (part < 0 || shift > 28) {
        throw damaged(offset, "the length of a record is cut or too long");
      }
      length |= (part & 0x7fL) << shift;
      if ((part & 0x80) == 0) {
        break;
      }
    }
    if (length > LONGEST || length > channel.size() - position()) {
      throw damaged(offset, "a record of " + length + " octets goes beyond the end of the file");
    }
    byte[] data = new byte[(int) length];
    int filled = 0;
    while (filled < data.length) {
      if (!block.hasRemaining() && !fill()) {
        throw damaged(offset, "a record is cut");
      }
      int count = Math.min(block.remaining(), data.length - filled);
      block.get(data, filled, count);
      filled += count;
    }
    return new QueueRecord((char) type, data, offset);
  }

  private void follow(QueueRecord pointer) throws IOException {
    long target = number(pointer);
    // Zero is a place kept free for a pointer.
    if (target == 0) {
      return;
    }
    if (target < 0 || target > channel.size()) {
      throw damaged(pointer.offset(), "a pointer leads out of the file");
    }
    if (target <= lastTarget && ++jumpsBack > MOST_JUMPS_BACK) {
      throw damaged(pointer.offset(), "its pointers lead in a circle");
    }
    lastTarget = target;
    seek(target);
  }

  private static long number(QueueRecord record) throws BadExportException {
    try {
      return Long.parseLong(record.text().strip());
    } catch (NumberFormatException _) {
      throw damaged(record.offset(), "a pointer is no number");
    }
  }

  private int octet() throws IOException {
    return block.hasRemaining() || fill() ? block.get() & 0xff : -1;
  }

  private boolean fill() throws IOException {
    block.clear();
    int count = channel.read(block, blockEnd);
    block.flip();
    blockEnd += Math.max(count, 0);
    return count > 0;
  }

  static BadExportException damaged(long offset, String fault) {
    return new BadExportException(
        "is damaged at octet "
            + offset
            + ": "
            + fault
            + " (Postfix cannot deliver it either; \"postcat FILE\" shows what is left of it)");
  }
}
