package dev.postrider.queue;

import dev.postrider.io.EndlessWork;
import dev.postrider.log.MailLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One thread that sleeps until the next call is due. Safe on any thread. */
public final class SystemTimer implements Timer {
  /**
   * The sleep follows the machine's uptime, which stands still while a laptop sleeps; looking at
   * the clock this often makes retries due soon after it wakes.
   */
  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

  private static final Duration LIMIT_TO_END = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final MailLog log;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Instant next = Instant.MAX;
  private boolean stopped;
  private @Nullable Thread thread;

  public SystemTimer(InstantSource clock, MailLog log) {
    this.clock = clock;
    this.log = log;
  }

  @Override
  public void start(Runnable tick) {
    lock.lock();
    try {
      EndlessWork calling =
          new EndlessWork(
              () -> run(tick),
              (why, pause) ->
                  log.bug(QueueManager.PROCESS, "the timer" + EndlessWork.again(pause), why));
      thread = Thread.ofVirtual().name("queue timer").start(calling);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void wakeAt(Instant when) {
    lock.lock();
    try {
      if (when.isBefore(next)) {
        next = when;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stop() {
    Thread running;
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
      running = thread;
    } finally {
      lock.unlock();
    }
    if (running == null) {
      return;
    }
    try {
      // It may be in a pause after a bug.
      if (!running.join(LIMIT_TO_END)) {
        running.interrupt();
        running.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Runnable tick) throws InterruptedException {
    while (awaitNext()) {
      boolean done = false;
      try {
        tick.run();
        done = true;
      } finally {
        if (!done) {
          // What was due is due still.
          wakeAt(Instant.MIN);
        }
      }
    }
  }

  /** Waits until a call is due; false at the end. */
  private boolean awaitNext() throws InterruptedException {
    lock.lock();
    try {
      while (!stopped) {
        Instant now = clock.instant();
        if (!now.isBefore(next)) {
          next = Instant.MAX;
          return true;
        }
        if (next.equals(Instant.MAX)) {
          changed.await();
          continue;
        }
        Duration left = Duration.between(now, next);
        Duration sleep = left.compareTo(LONGEST_SLEEP) < 0 ? left : LONGEST_SLEEP;
        boolean _ = changed.await(sleep.toNanos(), TimeUnit.NANOSECONDS);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }
}
