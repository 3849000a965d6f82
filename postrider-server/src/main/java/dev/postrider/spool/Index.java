package dev.postrider.spool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages in the queue by id, which is by age: sorted blocks of entries under the id that each
 * begins at, a few bytes a message beside the entry. Safe on any thread; the lock is held for one
 * block, or for a copy of references.
 */
final class Index {
  /** A full block is split, unless the new entry comes last, as new messages do. */
  private static final int MOST = 512;

  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, Block> blocks = new TreeMap<>();
  private final LongPredicate wanted;

  /** For all messages. */
  Index() {
    this(_ -> true);
  }

  /** For some messages, by id; others are not taken in. */
  Index(LongPredicate wanted) {
    this.wanted = wanted;
  }

  private static final class Block {
    private Entry[] entries;
    private int size;

    Block(Entry[] entries, int size) {
      this.entries = entries;
      this.size = size;
    }

    /** Where the id is, or -1 less the place where it belongs. */
    int search(long id) {
      int from = 0;
      int to = size - 1;
      while (from <= to) {
        int middle = (from + to) >>> 1;
        long there = entries[middle].id;
        if (there == id) {
          return middle;
        }
        if (there < id) {
          from = middle + 1;
        } else {
          to = middle - 1;
        }
      }
      return -1 - from;
    }

    void insert(int at, Entry entry) {
      if (size == entries.length) {
        entries = Arrays.copyOf(entries, size * 2);
      }
      System.arraycopy(entries, at, entries, at + 1, size - at);
      entries[at] = entry;
      size++;
    }

    void remove(int at) {
      size--;
      System.arraycopy(entries, at + 1, entries, at, size - at);
      Arrays.fill(entries, size, size + 1, null);
      if (size < entries.length / 4 && entries.length > 8) {
        entries = Arrays.copyOf(entries, entries.length / 2);
      }
    }
  }

  /** Adds a message, or puts it in the place of the one with its id. */
  void add(Entry entry) {
    if (!wanted.test(entry.id)) {
      return;
    }
    lock.lock();
    try {
      Map.Entry<Long, Block> floor = blocks.floorEntry(entry.id);
      if (floor == null) {
        begin(entry);
        return;
      }
      Block block = floor.getValue();
      int at = block.search(entry.id);
      if (at >= 0) {
        block.entries[at] = entry;
        return;
      }
      at = -1 - at;
      if (block.size < MOST) {
        block.insert(at, entry);
      } else if (at == MOST) {
        begin(entry);
      } else {
        split(block);
        add(entry);
      }
    } finally {
      lock.unlock();
    }
  }

  private void begin(Entry entry) {
    blocks.put(entry.id, new Block(new Entry[] {entry, null, null, null}, 1));
  }

  private void split(Block block) {
    int half = block.size / 2;
    Entry[] upper = Arrays.copyOfRange(block.entries, half, block.size);
    Arrays.fill(block.entries, half, block.size, null);
    block.size = half;
    blocks.put(upper[0].id, new Block(upper, upper.length));
  }

  @Nullable Entry find(long id) {
    lock.lock();
    try {
      Map.Entry<Long, Block> floor = blocks.floorEntry(id);
      if (floor == null) {
        return null;
      }
      Block block = floor.getValue();
      int at = block.search(id);
      return at < 0 ? null : block.entries[at];
    } finally {
      lock.unlock();
    }
  }

  /** Returns false if it was removed before. */
  boolean remove(Entry entry) {
    lock.lock();
    try {
      Map.Entry<Long, Block> floor = blocks.floorEntry(entry.id);
      if (floor == null) {
        return false;
      }
      Block block = floor.getValue();
      int at = block.search(entry.id);
      if (at < 0 || block.entries[at] != entry) {
        return false;
      }
      block.remove(at);
      if (block.size == 0) {
        blocks.remove(floor.getKey());
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Those there are now, oldest first. */
  List<Entry> all() {
    lock.lock();
    try {
      List<Entry> all = new ArrayList<>();
      for (Block block : blocks.values()) {
        all.addAll(Arrays.asList(block.entries).subList(0, block.size));
      }
      return all;
    } finally {
      lock.unlock();
    }
  }
}
