package dev.postrider.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A constant database as D. J. Bernstein describes it: 256 pointers to hash tables, the records,
 * the hash tables. All numbers are 32 bits, the low byte first. Immutable.
 */
final class CdbFile implements PeerFile.Format {
  private static final int TABLES = 256;
  private static final int HEADER = 8 * TABLES;
  private static final long LIMIT = 1L << 30;

  private final byte[] bytes;
  private final ByteBuffer data;

  private CdbFile(byte[] bytes) {
    this.bytes = bytes;
    this.data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads a file whole; null when it is no such file. Such files are replaced, never changed. */
  static @Nullable CdbFile read(Path file) throws IOException {
    if (Files.size(file) > LIMIT) {
      throw new IOException(file + ": larger than " + LIMIT + " bytes");
    }
    CdbFile read = new CdbFile(Files.readAllBytes(file));
    return read.isSound() ? read : null;
  }

  /** There is no magic number; but the hash tables fill the end of the file exactly. */
  private boolean isSound() {
    if (bytes.length < HEADER) {
      return false;
    }
    long end = HEADER;
    for (int i = 0; i < TABLES; i++) {
      long position = number(8 * i);
      long next = position + 8 * number(8 * i + 4);
      if (position < HEADER || next > bytes.length) {
        return false;
      }
      end = Math.max(end, next);
    }
    return end == bytes.length;
  }

  @Override
  public byte @Nullable [] find(byte[] key) {
    int hash = hash(key);
    int pointer = 8 * (hash & (TABLES - 1));
    long table = number(pointer);
    long slots = number(pointer + 4);
    if (slots == 0) {
      return null;
    }
    long slot = (hash >>> 8) % slots;
    for (long tried = 0; tried < slots; tried++) {
      int at = at(table + 8 * ((slot + tried) % slots));
      long record = number(at + 4);
      if (record == 0) {
        return null;
      }
      if (data.getInt(at) == hash && isAt(key, record)) {
        long from = record + 8 + key.length;
        return part(from, from + number(at(record) + 4));
      }
    }
    return null;
  }

  @Override
  public void forEach(BiConsumer<byte[], byte[]> reader) {
    long end = bytes.length;
    for (int i = 0; i < TABLES; i++) {
      end = Math.min(end, number(8 * i));
    }
    long record = HEADER;
    while (record < end) {
      long key = record + 8;
      long value = key + number(at(record));
      long next = value + number(at(record) + 4);
      reader.accept(part(key, value), part(value, next));
      record = next;
    }
  }

  private boolean isAt(byte[] key, long record) {
    int from = at(record) + 8;
    return number(from - 8) == key.length
        && from + key.length <= bytes.length
        && Arrays.equals(bytes, from, from + key.length, key, 0, key.length);
  }

  private byte[] part(long from, long to) {
    if (from > to || to > bytes.length) {
      throw new IndexOutOfBoundsException();
    }
    return Arrays.copyOfRange(bytes, (int) from, (int) to);
  }

  private int at(long position) {
    if (position > bytes.length) {
      throw new IndexOutOfBoundsException();
    }
    return (int) position;
  }

  private long number(int at) {
    return Integer.toUnsignedLong(data.getInt(at));
  }

  static int hash(byte[] key) {
    int hash = 5381;
    for (byte b : key) {
      hash = (hash * 33) ^ (b & 0xff);
    }
    return hash;
  }
}
