package dev.postrider.io;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after the writes that are under way, a few times a second while there are any. A timer for
 * each write would be exact, and cost more than the write: each would wake the timer's thread. Safe
 * on any thread.
 */
final class StallWatch {
  private static final long BETWEEN_LOOKS_NANOS = 250_000_000;

  /** Looks without a write before it rests. */
  private static final int IDLE_LOOKS = 8;

  private final Set<WriteLimit> writes = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean resting = true;
  private volatile boolean used;

  StallWatch() {
    // A platform thread: it must get on when all carriers of virtual ones hang in writes.
    thread = Thread.ofPlatform().daemon().name("write-watch").unstarted(this::run);
    thread.start();
  }

  void add(WriteLimit write) {
    writes.add(write);
    if (!used) {
      used = true;
    }
    if (resting) {
      resting = false;
      LockSupport.unpark(thread);
    }
  }

  void remove(WriteLimit write) {
    writes.remove(write);
  }

  private void run() {
    int idle = IDLE_LOOKS;
    while (true) {
      if (idle >= IDLE_LOOKS) {
        idle = 0;
        resting = true;
        // Whoever adds from here on sees that it rests; who did before is seen here.
        while (resting && writes.isEmpty()) {
          LockSupport.park(this);
        }
        resting = false;
      }
      LockSupport.parkNanos(this, BETWEEN_LOOKS_NANOS);
      look(System.nanoTime());
      idle = used || !writes.isEmpty() ? 0 : idle + 1;
      used = false;
    }
  }

  private void look(long now) {
    for (WriteLimit write : writes) {
      if (write.isDue(now)) {
        // Whoever writes hears of it and takes it out.
        write.expire();
      }
    }
  }
}
