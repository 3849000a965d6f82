package dev.postrider.io;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits what sockets cannot limit: a write to somebody who has stopped reading. Closes the
 * connection when the time is over, unless this was closed before; up to a quarter of a second
 * late. For one thread.
 */
public final class WriteLimit implements AutoCloseable {
  private static final StallWatch WATCH = new StallWatch();

  private final @Nullable Closeable connection;
  private final long deadline;
  private volatile boolean over;

  /**
   * A limit for the write that follows.
   *
   * @param connection closed from another thread, which must not wait: closing the TLS layer would,
   *     for the very write that hangs
   */
  public WriteLimit(Duration time, Closeable connection) {
    this.connection = connection;
    this.deadline = System.nanoTime() + time.toNanos();
    WATCH.add(this);
  }

  private WriteLimit() {
    connection = null;
    deadline = 0;
  }

  /** For writes that may take their time. */
  public static WriteLimit none() {
    return new WriteLimit();
  }

  /** Whether the time is over at {@code nanos}, by {@link System#nanoTime}. */
  boolean isDue(long nanos) {
    return nanos - deadline >= 0;
  }

  void expire() {
    Closeable slow = connection;
    if (slow == null || over) {
      return;
    }
    over = true;
    try {
      slow.close();
    } catch (IOException e) {
      // The writer hears of it in any case: its write fails.
      return;
    }
  }

  /** Whether the connection was closed because the time was over. */
  public boolean over() {
    return over;
  }

  @Override
  public void close() {
    if (connection != null) {
      WATCH.remove(this);
    }
  }
}
