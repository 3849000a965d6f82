package dev.postrider.queue;

import dev.postrider.spool.QueueId;

/**
 * Messages that wait outside the active set: one number each, so that a million cost 8 MB. A line
 * with two ends. Not thread-safe.
 */
final class WaitingIds {
  /** Set in a number whose message a person wants tried now. Queue ids use 52 bits. */
  private static final long FLUSHED = 1L << 62;

  private long[] ids = new long[16];
  private int head;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void addLast(QueueId id, boolean flushed) {
    if (size == ids.length) {
      long[] larger = new long[size * 2];
      System.arraycopy(ids, head, larger, 0, size - head);
      System.arraycopy(ids, 0, larger, size - head, head);
      ids = larger;
      head = 0;
    }
    ids[at(size++)] = flushed ? id.micros() | FLUSHED : id.micros();
  }

  /** Takes the oldest; there must be one. */
  Waiting pollFirst() {
    long found = ids[head];
    head = at(1);
    size--;
    shrink();
    return waiting(found);
  }

  /** Takes the newest; there must be one. */
  Waiting pollLast() {
    long found = ids[at(--size)];
    shrink();
    return waiting(found);
  }

  /** A message of the line, and whether a person wants it tried now. */
  record Waiting(QueueId id, boolean flushed) {}

  private static Waiting waiting(long number) {
    return new Waiting(new QueueId(number & ~FLUSHED), (number & FLUSHED) != 0);
  }

  /** Gives memory back once a backlog is gone. */
  private void shrink() {
    if (ids.length > 1024 && size < ids.length / 8) {
      long[] smaller = new long[ids.length / 4];
      int first = Math.min(size, ids.length - head);
      System.arraycopy(ids, head, smaller, 0, first);
      System.arraycopy(ids, 0, smaller, first, size - first);
      ids = smaller;
      head = 0;
    } else if (size == 0) {
      head = 0;
    }
  }

  private int at(int position) {
    return (head + position) & (ids.length - 1);
  }
}
