package dev.postrider.smtp;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Limits what sockets cannot limit: a write to a server that has stopped reading. Closes the
 * connection when the time is over. Safe on any thread.
 */
final class Watchdog implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  Watchdog() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("smtp-watchdog").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Closes {@code wire} after {@code millis}, unless the answer is cancelled before. */
  Future<?> closeAfter(Wire wire, int millis) {
    return timer.schedule(wire::expire, millis, TimeUnit.MILLISECONDS);
  }

  /** Runs {@code task} again and again; it must neither block nor throw. */
  void every(long millis, Runnable task) {
    Future<?> repeating = timer.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    if (repeating.isCancelled()) {
      throw new IllegalStateException("closed");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
