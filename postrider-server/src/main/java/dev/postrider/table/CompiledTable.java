package dev.postrider.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

/**
 * The one compiled format of {@code hash btree lmdb cdb}: read whole into memory, looked up by
 * hash. Immutable. {@code docs/tables.md} describes the layout.
 */
public final class CompiledTable implements StoredStrings {
  /** What the source of a table looks like, and so how its values are printed. */
  public enum Kind {
    /** {@code key whitespace value}, by postmap. */
    MAP(0),
    /** {@code name: value}, by postalias. */
    ALIASES(1);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  static final long MAGIC = 0x8950_5254_424C_0A01L;
  static final int HEADER = 24;

  private final byte[] bytes;
  private final ByteBuffer data;
  private final Kind kind;
  private final int count;
  private final int slots;

  private CompiledTable(byte[] bytes) {
    this.bytes = bytes;
    this.data = ByteBuffer.wrap(bytes);
    this.kind = data.getInt(8) == Kind.MAP.number ? Kind.MAP : Kind.ALIASES;
    this.count = data.getInt(12);
    this.slots = data.getInt(16);
  }

  /** Whether the file begins as ours do; false for an empty or shorter one. */
  public static boolean isOurs(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(8);
      return head.length == 8 && ByteBuffer.wrap(head).getLong() == MAGIC;
    }
  }

  /** Whether the file begins as those do that postmap makes, not postalias. */
  static boolean isOfPostmap(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(12);
      ByteBuffer data = ByteBuffer.wrap(head);
      return head.length == 12 && data.getLong() == MAGIC && data.getInt() == Kind.MAP.number;
    }
  }

  /**
   * Reads a compiled file.
   *
   * @throws IOException when it cannot be read, is not ours, or is damaged
   */
  public static CompiledTable read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer data = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER || data.getLong(0) != MAGIC) {
      throw new IOException(file + ": not a compiled table of Postrider");
    }
    boolean sound =
        checksum(data) == data.getInt(20)
            && (data.getInt(8) == Kind.MAP.number || data.getInt(8) == Kind.ALIASES.number);
    if (!sound) {
      throw new IOException(file + ": damaged; run postmap or postalias again");
    }
    return new CompiledTable(bytes);
  }

  /**
   * Lays out a compiled file.
   *
   * @param entries keys as they are looked up, in the order they are to be listed
   */
  public static byte[] compile(Kind kind, Map<String, String> entries) {
    int slots = Math.max(2, Integer.highestOneBit(Math.max(1, entries.size())) * 4);
    byte[][] texts = new byte[2 * entries.size()][];
    long size = HEADER + 8L * slots;
    int next = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      texts[next] = Octets.encode(entry.getKey());
      texts[next + 1] = Octets.encode(entry.getValue());
      size += 8L + texts[next].length + texts[next + 1].length;
      next += 2;
    }
    if (size > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException("a table of more than 2 GB");
    }
    ByteBuffer out = ByteBuffer.allocate((int) size);
    out.putLong(MAGIC).putInt(kind.number).putInt(entries.size()).putInt(slots);
    out.position(HEADER + 8 * slots);
    for (int i = 0; i < texts.length; i += 2) {
      int hash = hash(texts[i], 0, texts[i].length);
      int slot = hash & (slots - 1);
      while (out.getInt(HEADER + 8 * slot + 4) != 0) {
        slot = (slot + 1) & (slots - 1);
      }
      out.putInt(HEADER + 8 * slot, hash).putInt(HEADER + 8 * slot + 4, out.position());
      out.putInt(texts[i].length).putInt(texts[i + 1].length).put(texts[i]).put(texts[i + 1]);
    }
    out.putInt(20, checksum(out));
    byte[] bytes = new byte[(int) size];
    out.get(0, bytes);
    return bytes;
  }

  private static int checksum(ByteBuffer data) {
    CRC32C crc = new CRC32C();
    crc.update(data.duplicate().limit(20).position(8));
    crc.update(data.duplicate().limit(data.capacity()).position(HEADER));
    return (int) crc.getValue();
  }

  public Kind kind() {
    return kind;
  }

  /** How many entries it has. */
  public int count() {
    return count;
  }

  @Override
  public Lookup lookup(String key) {
    byte[] wanted = Octets.encode(key);
    int hash = hash(wanted, 0, wanted.length);
    int mask = slots - 1;
    for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
      int at = HEADER + slot * 8;
      int offset = data.getInt(at + 4);
      if (offset == 0) {
        return new Lookup.NotFound();
      }
      if (data.getInt(at) == hash && keyEquals(offset, wanted)) {
        int from = offset + 8 + wanted.length;
        return new Lookup.Found(Octets.decode(bytes, from, from + data.getInt(offset + 4)));
      }
    }
  }

  @Override
  public void forEach(BiConsumer<String, String> reader) {
    int offset = HEADER + slots * 8;
    for (int i = 0; i < count; i++) {
      int key = offset + 8;
      int value = key + data.getInt(offset);
      int end = value + data.getInt(offset + 4);
      reader.accept(Octets.decode(bytes, key, value), Octets.decode(bytes, value, end));
      offset = end;
    }
  }

  private boolean keyEquals(int offset, byte[] wanted) {
    return data.getInt(offset) == wanted.length
        && Arrays.equals(bytes, offset + 8, offset + 8 + wanted.length, wanted, 0, wanted.length);
  }

  /** FNV-1a, with its high bits folded down because the slots are chosen by the low ones. */
  static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * 0x01000193;
    }
    return hash ^ (hash >>> 15);
  }
}
