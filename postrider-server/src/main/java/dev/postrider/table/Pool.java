package dev.postrider.table;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A few connections to one server, kept for the next lookup and closed when none comes. Safe on any
 * thread; more threads than there may be connections wait for one, and not for ever.
 */
final class Pool<C extends AutoCloseable> {
  /** Connects. */
  @FunctionalInterface
  interface Opener<C> {
    C open() throws IOException;
  }

  /** Asks. */
  @FunctionalInterface
  interface Use<C, R> {
    R of(C connection) throws IOException;
  }

  /**
   * How many, and how long.
   *
   * @param most connections at a time
   * @param idle how long one is kept without use
   * @param patience how long a thread waits for one of them to be free
   */
  record Limits(int most, Duration idle, Duration patience) {}

  private record Kept<C>(C connection, long since) {}

  private final Limits limits;
  private final Opener<C> opener;
  private final Semaphore permits;
  private final ReentrantLock lock = new ReentrantLock();

  /** The one used last comes first: in quiet times the others grow old. Guarded by the lock. */
  private final Deque<Kept<C>> kept = new ArrayDeque<>();

  /** Whether somebody will look after what is kept; guarded by the lock. */
  private boolean watched;

  Pool(Limits limits, Opener<C> opener) {
    this.limits = limits;
    this.opener = opener;
    this.permits = new Semaphore(limits.most(), true);
  }

  /**
   * Asks over a connection that was kept, else over a new one. A kept one may have been ended by
   * the server meanwhile: then the question is asked once more over a new one, which is safe
   * because questions change nothing.
   *
   * @throws IOException when nobody could be asked
   */
  <R> R ask(Use<C, R> use) throws IOException {
    try {
      if (!permits.tryAcquire(limits.patience().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "all "
                + limits.most()
                + " connections are busy for "
                + limits.patience().toSeconds()
                + " seconds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    try {
      @Nullable C old = take();
      if (old != null) {
        try {
          return asked(old, use);
        } catch (SocketTimeoutException | ProtocolException e) {
          throw e;
        } catch (IOException e) {
          // The server has ended it; whether it is there at all shows now.
        }
      }
      return asked(opener.open(), use);
    } finally {
      permits.release();
    }
  }

  private <R> R asked(C connection, Use<C, R> use) throws IOException {
    boolean whole = false;
    try {
      R answer = use.of(connection);
      whole = true;
      return answer;
    } finally {
      if (whole) {
        keep(connection);
      } else {
        close(connection);
      }
    }
  }

  private @Nullable C take() {
    closeOld();
    lock.lock();
    try {
      @Nullable Kept<C> first = kept.pollFirst();
      return first == null ? null : first.connection();
    } finally {
      lock.unlock();
    }
  }

  private void keep(C connection) {
    lock.lock();
    try {
      kept.addFirst(new Kept<>(connection, System.nanoTime()));
      if (!watched) {
        watched = true;
        Thread _ = Thread.ofVirtual().name("table connections").start(this::watch);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes what grows old, until nothing is kept any more. */
  private void watch() {
    while (true) {
      try {
        Thread.sleep(limits.idle().dividedBy(2).plusMillis(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      closeOld();
      lock.lock();
      try {
        if (kept.isEmpty() || Thread.currentThread().isInterrupted()) {
          watched = false;
          return;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void closeOld() {
    List<C> old = new ArrayList<>(0);
    long now = System.nanoTime();
    lock.lock();
    try {
      while (!kept.isEmpty() && now - kept.peekLast().since() > limits.idle().toNanos()) {
        old.add(kept.removeLast().connection());
      }
    } finally {
      lock.unlock();
    }
    old.forEach(Pool::close);
  }

  private static void close(AutoCloseable connection) {
    try {
      connection.close();
    } catch (Exception e) {
      // It is given up in any case; the answer, if there was one, counts.
      return;
    }
  }
}
