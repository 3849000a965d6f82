package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When to look at which message again, earliest first: two numbers an entry, so that a million
 * deferred messages cost 16 MB. Entries are hints: a message may stand here twice or be gone. Not
 * thread-safe.
 */
final class DueHeap {
  /** Due at once, whatever the spool says of the next attempt. */
  static final long FLUSHED = 0;

  /** Likewise, but nobody asked for it by a flush: what defer_transports names goes on waiting. */
  static final long WOKEN = 1;

  private long[] times = new long[64];
  private long[] ids = new long[64];
  private int size;

  int size() {
    return size;
  }

  /**
   * @param time milliseconds since the epoch, or {@link #FLUSHED}
   */
  void add(long time, QueueId id) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      ids = Arrays.copyOf(ids, size * 2);
    }
    int at = size++;
    long micros = id.micros();
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!before(time, micros, parent)) {
        break;
      }
      times[at] = times[parent];
      ids[at] = ids[parent];
      at = parent;
    }
    times[at] = time;
    ids[at] = micros;
  }

  /** The earliest time, or {@link Long#MAX_VALUE} if there is nothing. */
  long earliest() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  /** Takes the earliest entry, or null if it is later than {@code now}. */
  @Nullable QueueId poll(long now) {
    if (size == 0 || times[0] > now) {
      return null;
    }
    long found = ids[0];
    size--;
    long time = times[size];
    long id = ids[size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && before(times[child + 1], ids[child + 1], child)) {
        child++;
      }
      if (!before(times[child], ids[child], time, id)) {
        break;
      }
      times[at] = times[child];
      ids[at] = ids[child];
      at = child;
    }
    times[at] = time;
    ids[at] = id;
    return new QueueId(found);
  }

  /** Makes every entry due at once, each message once, oldest first. */
  void flush() {
    Arrays.sort(ids, 0, size);
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0 || ids[i] != ids[i - 1]) {
        ids[kept++] = ids[i];
      }
    }
    size = kept;
    // Equal times and ascending ids are a heap already.
    Arrays.fill(times, 0, size, FLUSHED);
  }

  private boolean before(long time, long id, int other) {
    return before(time, id, times[other], ids[other]);
  }

  private static boolean before(long time, long id, long otherTime, long otherId) {
    return time != otherTime ? time < otherTime : id < otherId;
  }
}
