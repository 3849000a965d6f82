package dev.postrider.io;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after the waits that are under way, a few times a second while they come and go, and when
 * the next one is over after that. Safe on any thread.
 */
final class StallWatch {
  private static final long BETWEEN_LOOKS_NANOS = 250_000_000;

  /** Looks without a new wait before it rests. */
  private static final int IDLE_LOOKS = 8;

  /** For as long as there is no wait. */
  private static final long LONGEST_REST_NANOS = 3_600_000_000_000L;

  private final Set<WaitLimit> limits = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean resting = true;
  private volatile boolean used;

  StallWatch() {
    // A platform thread: it must get on when all carriers of virtual ones hang.
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("stall-watch")
            .unstarted(new EndlessWork(this::run, (why, pause) -> tell(why)));
    thread.start();
  }

  void add(WaitLimit limit) {
    limits.add(limit);
  }

  void remove(WaitLimit limit) {
    limits.remove(limit);
  }

  /** A wait has begun. */
  void changed() {
    // Written only when it changes, as it is read by all threads; and it publishes the wait.
    if (!used) {
      used = true;
    }
    if (resting) {
      resting = false;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    int idle = IDLE_LOOKS;
    while (true) {
      if (idle < IDLE_LOOKS) {
        LockSupport.parkNanos(this, BETWEEN_LOOKS_NANOS);
      } else {
        resting = true;
        // Whoever begins to wait from here on sees that it rests; who did before is seen here.
        long rest = nextDeadline() - System.nanoTime();
        if (resting && rest > 0) {
          LockSupport.parkNanos(this, rest);
        }
        resting = false;
      }
      idle = used ? 0 : Math.min(idle + 1, IDLE_LOOKS);
      used = false;
      long now = System.nanoTime();
      for (WaitLimit limit : limits) {
        limit.look(now);
      }
    }
  }

  private void tell(Throwable why) {
    Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    if (handler != null) {
      handler.uncaughtException(thread, why);
    }
  }

  private long nextDeadline() {
    long now = System.nanoTime();
    long next = now + LONGEST_REST_NANOS;
    for (WaitLimit limit : limits) {
      long deadline = limit.deadline(next);
      if (deadline - next < 0) {
        next = deadline;
      }
    }
    return next;
  }
}
