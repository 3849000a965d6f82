package dev.postrider.smtpd;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limits what sockets cannot limit: a write to a client that has stopped reading. Closes the
 * connection when the time is over, unless this was closed before. For one thread.
 */
final class WriteLimit implements AutoCloseable {
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private final Closeable connection;
  private final @Nullable Future<?> alarm;
  private volatile boolean over;

  /**
   * A limit for the write that follows.
   *
   * @param time null is no limit
   */
  WriteLimit(@Nullable Duration time, Closeable connection) {
    this.connection = connection;
    this.alarm =
        time == null ? null : TIMER.schedule(this::expire, time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("smtpd-watchdog").factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private void expire() {
    over = true;
    try {
      connection.close();
    } catch (IOException e) {
      // The writer hears of it in any case: its write fails.
      return;
    }
  }

  /** Whether the connection was closed because the time was over. */
  boolean over() {
    return over;
  }

  @Override
  public void close() {
    if (alarm != null) {
      alarm.cancel(false);
    }
  }
}
