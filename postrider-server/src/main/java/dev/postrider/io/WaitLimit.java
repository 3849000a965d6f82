package dev.postrider.io;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits how long a thread waits for the other side of a connection, to read from it or to write to
 * it, one wait after another. When the time of a wait is over the connection is ended, by which the
 * wait ends too; up to a quarter of a second late. The socket's own time-out would be exact, and
 * set a timer for each wait, which costs a virtual thread more than the wait itself. For one thread
 * at a time; to be closed with its connection.
 */
public final class WaitLimit implements Closeable {
  private static final StallWatch WATCH = new StallWatch();

  /** States besides deadlines, which are odd. */
  private static final long NO_WAIT = 0;

  private static final long OVER = 2;

  private final Closeable ending;
  private final AtomicLong state = new AtomicLong(NO_WAIT);

  /**
   * Without a wait yet.
   *
   * @param ending ends the connection or the direction that is waited for; called at most once,
   *     from another thread, and must not wait: closing a TLS layer would, for the very write that
   *     hangs
   */
  public WaitLimit(Closeable ending) {
    this.ending = ending;
    WATCH.add(this);
  }

  /**
   * A wait begins.
   *
   * @param nanoTime when its time is over, by {@link System#nanoTime}
   */
  public void until(long nanoTime) {
    if (state.compareAndSet(NO_WAIT, nanoTime | 1)) {
      WATCH.changed();
    }
  }

  /**
   * The wait has ended.
   *
   * @return whether it was ended because its time, or that of an earlier one, was over; what it
   *     brought must not be trusted then
   */
  public boolean ended() {
    long deadline = state.get();
    return deadline == OVER || !state.compareAndSet(deadline, NO_WAIT);
  }

  /** Reads or writes; may wait for the other side. */
  @FunctionalInterface
  public interface Transfer {
    /** Returns what a read returns; a write may return anything. */
    int run() throws IOException;
  }

  /**
   * Reads or writes within a time.
   *
   * @param nanoTime when the time is over, by {@link System#nanoTime}
   * @throws SocketTimeoutException if it was over; whatever the transfer says then is no word of
   *     the other side, for one that is cut short by another thread may end as if all were well
   */
  public int within(long nanoTime, Transfer transfer) throws IOException {
    until(nanoTime);
    int result = 0;
    IOException failure = null;
    try {
      result = transfer.run();
    } catch (IOException e) {
      failure = e;
    }
    if (ended()) {
      throw new SocketTimeoutException("timed out");
    }
    if (failure != null) {
      throw failure;
    }
    return result;
  }

  /** When the wait that is under way must be ended; {@code whenNone} if there is none. */
  long deadline(long whenNone) {
    long now = state.get();
    return now == NO_WAIT || now == OVER ? whenNone : now;
  }

  /** Ends a wait whose time is over. */
  void look(long nanoTime) {
    long deadline = state.get();
    if (deadline == NO_WAIT
        || deadline == OVER
        || nanoTime - deadline < 0
        || !state.compareAndSet(deadline, OVER)) {
      return;
    }
    try {
      ending.close();
    } catch (IOException e) {
      // Whoever waits hears of it in any case: the connection is no more.
      return;
    }
  }

  @Override
  public void close() {
    WATCH.remove(this);
  }
}
