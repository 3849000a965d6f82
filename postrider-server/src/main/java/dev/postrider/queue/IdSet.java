package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages, each once, in no order: about 16 bytes each, so that a million can wait for a host that
 * is away. Not thread-safe.
 */
final class IdSet {
  /** 0 for an empty place; no message has that id. */
  private long[] ids = new long[8];

  private int size;
  private int cursor;

  int size() {
    return size;
  }

  void add(QueueId id) {
    if (size * 2 >= ids.length) {
      grow();
    }
    int place = place(id.micros());
    if (ids[place] == 0) {
      ids[place] = id.micros();
      size++;
    }
  }

  void remove(QueueId id) {
    int hole = place(id.micros());
    if (ids[hole] == 0) {
      return;
    }
    size--;
    // Moves up what was pushed past the hole, so that searches still find it.
    int mask = ids.length - 1;
    for (int i = (hole + 1) & mask; ids[i] != 0; i = (i + 1) & mask) {
      int wanted = home(ids[i]);
      if (((i - wanted) & mask) >= ((i - hole) & mask)) {
        ids[hole] = ids[i];
        hole = i;
      }
    }
    ids[hole] = 0;
  }

  /** One of the messages, another one at each call as far as there are more; null if none. */
  @Nullable QueueId next() {
    for (int i = 0; i < ids.length; i++) {
      cursor = (cursor + 1) & (ids.length - 1);
      if (ids[cursor] != 0) {
        return new QueueId(ids[cursor]);
      }
    }
    return null;
  }

  void forEach(Consumer<QueueId> action) {
    for (long id : ids) {
      if (id != 0) {
        action.accept(new QueueId(id));
      }
    }
  }

  private int home(long id) {
    return (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & (ids.length - 1);
  }

  private int place(long id) {
    int place = home(id);
    while (ids[place] != 0 && ids[place] != id) {
      place = (place + 1) & (ids.length - 1);
    }
    return place;
  }

  private void grow() {
    long[] old = ids;
    ids = new long[old.length * 2];
    for (long id : old) {
      if (id != 0) {
        ids[place(id)] = id;
      }
    }
  }
}
