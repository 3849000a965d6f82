package dev.postrider.helper;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one helper process that have no work just now. They are kept for much less
 * than the helper waits before it ends, so that none is used while it is ending. Safe on any
 * thread.
 */
final class KeptConnections implements Closeable {
  private static final int MOST = 20;
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** A connection since when it has no work. */
  private record Kept(HelperConnection connection, long since) {}

  /** The last one used comes first again. */
  private final Deque<Kept> kept = new ArrayDeque<>();

  private boolean closed;

  /** One of them, or null. */
  @Nullable HelperConnection take() {
    synchronized (kept) {
      Kept last = kept.pollFirst();
      if (last == null) {
        return null;
      }
      if (System.nanoTime() - last.since() < LONGEST.toNanos()) {
        return last.connection();
      }
      // The others have waited longer still.
      end(last.connection());
      closeAll();
      return null;
    }
  }

  /** A connection whose work is done, well or not, and answered. */
  void giveBack(HelperConnection connection) {
    synchronized (kept) {
      if (closed || kept.size() == MOST) {
        end(connection);
      } else {
        kept.addFirst(new Kept(connection, System.nanoTime()));
      }
    }
  }

  private void closeAll() {
    for (Kept each = kept.poll(); each != null; each = kept.poll()) {
      end(each.connection());
    }
  }

  private static void end(HelperConnection connection) {
    try {
      connection.close();
    } catch (IOException _) {
      // Nothing was under way on it.
    }
  }

  /** The helper has ended; what is given back later is closed too. */
  @Override
  public void close() {
    synchronized (kept) {
      closed = true;
      closeAll();
    }
  }
}
