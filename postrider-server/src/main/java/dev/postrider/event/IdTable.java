package dev.postrider.event;

/**
 * Two numbers for each message id, in arrays: sixteen bytes and the room between. For one thread.
 */
final class IdTable {
  private static final int NOT_THERE = -1;

  private long[] ids = new long[1024];
  private int[] states = new int[1024];
  private int[] counts = new int[1024];
  private int used;

  /** The id's place, or -1. Ids are never 0. */
  int find(long id) {
    int slot = slot(id);
    return ids[slot] == id ? slot : NOT_THERE;
  }

  /** The id's place, made if need be; valid until the next call. */
  int place(long id) {
    if (used * 2 > ids.length) {
      grow();
    }
    int slot = slot(id);
    if (ids[slot] != id) {
      ids[slot] = id;
      used++;
    }
    return slot;
  }

  private int slot(long id) {
    int mask = ids.length - 1;
    int slot = (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (ids[slot] != 0 && ids[slot] != id) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldIds = ids;
    int[] oldStates = states;
    int[] oldCounts = counts;
    ids = new long[oldIds.length * 2];
    states = new int[ids.length];
    counts = new int[ids.length];
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] != 0) {
        int slot = slot(oldIds[i]);
        ids[slot] = oldIds[i];
        states[slot] = oldStates[i];
        counts[slot] = oldCounts[i];
      }
    }
  }

  int state(int place) {
    return states[place];
  }

  void state(int place, int state) {
    states[place] = state;
  }

  int count(int place) {
    return counts[place];
  }

  void count(int place, int count) {
    counts[place] = count;
  }

  int size() {
    return used;
  }

  /** All ids, in no order. */
  long[] ids() {
    long[] all = new long[used];
    int count = 0;
    for (long id : ids) {
      if (id != 0) {
        all[count++] = id;
      }
    }
    return all;
  }

  /** Changes every state: bits of {@code from} that are set go, and {@code to} comes for each. */
  void move(int from, int to) {
    for (int i = 0; i < states.length; i++) {
      if ((states[i] & from) != 0) {
        states[i] = (states[i] & ~from) | to;
      }
    }
  }
}
