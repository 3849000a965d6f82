package dev.postrider.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The main database of an LMDB file of a 64-bit machine with the low byte first: a B+ tree of
 * pages, found from the newer of two meta pages. Immutable.
 *
 * <p>A writer changes such a file in place, but never a page that the newer meta page leads to; it
 * writes the older meta page last. So a copy is whole if the meta pages are the same before it was
 * made and after; else it is made again.
 */
final class LmdbFile implements PeerFile.Format {
  private static final int MAGIC = 0xBEEFC0DE;
  private static final int VERSION = 1;
  private static final long LIMIT = 1L << 30;
  private static final int ATTEMPTS = 20;

  /** Offsets in a meta page. */
  private static final int AT_MAGIC = 16;

  private static final int AT_VERSION = 20;
  private static final int AT_PAGE_SIZE = 40;
  private static final int AT_FLAGS = 92;
  private static final int AT_ROOT = 128;
  private static final int AT_TRANSACTION = 144;
  private static final int META_END = 152;

  /** Of a page. */
  private static final int PAGE_HEADER = 16;

  private static final int AT_PAGE_FLAGS = 10;
  private static final int AT_LOWER = 12;
  private static final int BRANCH = 1;
  private static final int LEAF = 2;
  private static final int OVERFLOW = 4;

  /** Of a node: its key follows, then its value or the number of an overflow page. */
  private static final int NODE_HEADER = 8;

  private static final int BIG_VALUE = 1;
  private static final int MOST_LEVELS = 64;
  private static final long NO_PAGE = -1;

  /**
   * What the newer meta page says.
   *
   * @param flags of the main database; keys are ordered by their bytes only where it is 0
   */
  private record Meta(int pageSize, int flags, long root, long transaction) {}

  private final byte[] bytes;
  private final ByteBuffer data;
  private final Meta meta;

  private LmdbFile(byte[] bytes, Meta meta) {
    this.bytes = bytes;
    this.data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.meta = meta;
  }

  /**
   * Copies a file.
   *
   * @return null when it is no such file
   * @throws IOException also when it did not stand still long enough to be copied
   */
  static @Nullable LmdbFile read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      for (int i = 0; i < ATTEMPTS; i++) {
        @Nullable Meta before = meta(channel);
        if (before == null) {
          return null;
        }
        byte[] bytes = copy(file, channel);
        if (before.equals(meta(channel))) {
          return new LmdbFile(bytes, before);
        }
      }
    }
    throw new IOException(file + ": was changed each time while it was read");
  }

  private static byte[] copy(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size > LIMIT) {
      throw new IOException(file + ": larger than " + LIMIT + " bytes");
    }
    ByteBuffer copy = ByteBuffer.allocate((int) size);
    fill(channel, copy, 0);
    return Arrays.copyOf(copy.array(), copy.position());
  }

  private static void fill(FileChannel channel, ByteBuffer into, long from) throws IOException {
    int start = into.position();
    while (into.hasRemaining()) {
      if (channel.read(into, from + into.position() - start) < 0) {
        return;
      }
    }
  }

  private static @Nullable Meta meta(FileChannel channel) throws IOException {
    @Nullable Meta first = metaAt(channel, 0);
    if (first == null) {
      return null;
    }
    @Nullable Meta second = metaAt(channel, first.pageSize());
    return second != null && second.transaction() > first.transaction() ? second : first;
  }

  private static @Nullable Meta metaAt(FileChannel channel, long position) throws IOException {
    ByteBuffer page = ByteBuffer.allocate(META_END).order(ByteOrder.LITTLE_ENDIAN);
    fill(channel, page, position);
    if (page.hasRemaining()
        || page.getInt(AT_MAGIC) != MAGIC
        || page.getInt(AT_VERSION) != VERSION) {
      return null;
    }
    int pageSize = page.getInt(AT_PAGE_SIZE);
    int flags = Short.toUnsignedInt(page.getShort(AT_FLAGS));
    boolean known = Integer.bitCount(pageSize) == 1 && pageSize >= 256 && pageSize <= 65_536;
    return known && flags == 0
        ? new Meta(pageSize, flags, page.getLong(AT_ROOT), page.getLong(AT_TRANSACTION))
        : null;
  }

  @Override
  public byte @Nullable [] find(byte[] key) {
    long page = meta.root();
    for (int level = 0; page != NO_PAGE; level++) {
      int at = page(page, level);
      boolean leaf = flags(at) == LEAF;
      int index = search(at, key, leaf);
      if (leaf) {
        return index < 0 ? null : value(node(at, index));
      }
      page = child(node(at, index));
    }
    return null;
  }

  /**
   * Where a key is on a page: on a leaf its index, negative if it is not there; on a branch the
   * last child whose first key is not beyond it.
   */
  private int search(int page, byte[] key, boolean leaf) {
    // The first key of a branch is not stored: everything below the second belongs to it.
    int low = leaf ? 0 : 1;
    int high = count(page) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int node = node(page, middle);
      int from = node + NODE_HEADER;
      int order = Arrays.compareUnsigned(bytes, from, from + keySize(node), key, 0, key.length);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return leaf ? -1 : high;
  }

  @Override
  public void forEach(BiConsumer<byte[], byte[]> reader) {
    if (meta.root() != NO_PAGE) {
      walk(meta.root(), 0, new int[] {bytes.length / meta.pageSize()}, reader);
    }
  }

  /**
   * @param left how many pages there can still be: a damaged tree may lead back into itself
   */
  private void walk(long page, int level, int[] left, BiConsumer<byte[], byte[]> reader) {
    if (left[0]-- == 0) {
      throw new IndexOutOfBoundsException();
    }
    int at = page(page, level);
    boolean leaf = flags(at) == LEAF;
    for (int i = 0; i < count(at); i++) {
      int node = node(at, i);
      if (leaf) {
        int from = node + NODE_HEADER;
        reader.accept(part(from, keySize(node)), value(node));
      } else {
        walk(child(node), level + 1, left, reader);
      }
    }
  }

  private int page(long number, int level) {
    if (number < 0 || number > bytes.length / meta.pageSize() || level > MOST_LEVELS) {
      throw new IndexOutOfBoundsException();
    }
    int at = Math.toIntExact(number * meta.pageSize());
    int kind = flags(at);
    if ((kind != LEAF && kind != BRANCH) || (kind == BRANCH && count(at) == 0)) {
      throw new IndexOutOfBoundsException();
    }
    return at;
  }

  /** Without the marks that a writer leaves for itself. */
  private int flags(int page) {
    return data.getShort(page + AT_PAGE_FLAGS) & (BRANCH | LEAF | OVERFLOW);
  }

  private int count(int page) {
    return (Short.toUnsignedInt(data.getShort(page + AT_LOWER)) - PAGE_HEADER) / 2;
  }

  private int node(int page, int index) {
    return page + Short.toUnsignedInt(data.getShort(page + PAGE_HEADER + 2 * index));
  }

  private int keySize(int node) {
    return Short.toUnsignedInt(data.getShort(node + 6));
  }

  private long child(int node) {
    return Integer.toUnsignedLong(data.getInt(node))
        | ((long) Short.toUnsignedInt(data.getShort(node + 4)) << 32);
  }

  private byte[] value(int node) {
    int size = data.getInt(node);
    int from = node + NODE_HEADER + keySize(node);
    if ((data.getShort(node + 4) & BIG_VALUE) == 0) {
      return part(from, size);
    }
    long page = data.getLong(from);
    if (page < 0 || page > bytes.length / meta.pageSize()) {
      throw new IndexOutOfBoundsException();
    }
    int at = Math.toIntExact(page * meta.pageSize());
    if (flags(at) != OVERFLOW) {
      throw new IndexOutOfBoundsException();
    }
    return part(at + PAGE_HEADER, size);
  }

  private byte[] part(int from, int size) {
    if (from < 0 || size < 0 || size > bytes.length - from) {
      throw new IndexOutOfBoundsException();
    }
    return Arrays.copyOfRange(bytes, from, from + size);
  }
}
