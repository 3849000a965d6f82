package dev.postrider.smtp;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limits what sockets cannot limit: a write to a server that has stopped reading. Safe on any
 * thread.
 *
 * <p>After {@link #close} it still guards the deliveries that are in hand; its thread ends when
 * nothing is left to do.
 */
final class Watchdog implements AutoCloseable {
  private static final long IDLE_SECONDS = 5;

  private final ScheduledThreadPoolExecutor timer;
  private volatile @Nullable Future<?> repeating;

  Watchdog() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("smtp-watchdog").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
  }

  /** Runs {@code action} after {@code millis}, unless the answer is cancelled before. */
  Future<?> after(int millis, Runnable action) {
    return timer.schedule(action, millis, TimeUnit.MILLISECONDS);
  }

  /** Runs {@code task} again and again until the end; it must neither block nor throw. Once. */
  void every(long millis, Runnable task) {
    repeating = timer.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    Future<?> task = repeating;
    if (task != null) {
      task.cancel(false);
    }
  }
}
