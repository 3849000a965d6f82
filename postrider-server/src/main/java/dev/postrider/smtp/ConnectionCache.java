package dev.postrider.smtp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Open sessions that wait for the next message to the same next hop. Safe on any thread. The
 * youngest is used first, so that what a quiet queue does not need ages and is closed.
 */
final class ConnectionCache {
  /**
   * Across all destinations. Beyond it, whoever has most gives one up, so that a destination that
   * is busy keeps no other from having one.
   */
  private static final int MAX_IDLE = 500;

  private record Idle(ClientSession session, long since) {}

  private final long idleNanos;
  private final Map<String, Deque<Idle>> idle = new HashMap<>();
  private int count;
  private boolean closed;

  ConnectionCache(long idleNanos) {
    this.idleNanos = idleNanos;
  }

  /** A session that can carry a message now, or null. */
  @Nullable ClientSession take(String key) {
    while (true) {
      Idle found;
      synchronized (this) {
        Deque<Idle> waiting = idle.get(key);
        if (waiting == null) {
          return null;
        }
        found = waiting.pop();
        count--;
        if (waiting.isEmpty()) {
          idle.remove(key);
        }
      }
      if (found.session.isReusable(System.nanoTime())) {
        return found.session;
      }
      found.session.quit();
    }
  }

  /** Keeps a session, in the place of another if there is no room. */
  void keep(String key, ClientSession session) {
    ClientSession leaving = session;
    synchronized (this) {
      if (!closed && idleNanos > 0) {
        leaving = count < MAX_IDLE ? null : removeOfMost();
        idle.computeIfAbsent(key, _ -> new ArrayDeque<>())
            .push(new Idle(session, System.nanoTime()));
        count++;
      }
    }
    if (leaving != null) {
      leaving.quit();
    }
  }

  /** The oldest of the destination with most of them; among equals the oldest of all. */
  private ClientSession removeOfMost() {
    long now = System.nanoTime();
    Map.Entry<String, Deque<Idle>> most =
        Collections.max(
            idle.entrySet(),
            Comparator.<Map.Entry<String, Deque<Idle>>>comparingInt(one -> one.getValue().size())
                .thenComparingLong(one -> now - one.getValue().getLast().since));
    ClientSession oldest = most.getValue().removeLast().session;
    count--;
    if (most.getValue().isEmpty()) {
      idle.remove(most.getKey());
    }
    return oldest;
  }

  /** Ends what has waited too long. */
  void sweep() {
    long now = System.nanoTime();
    for (ClientSession session : removeIdleSince(now - idleNanos)) {
      Thread.ofVirtual().name("smtp-quit").start(session::quit);
    }
  }

  private synchronized List<ClientSession> removeIdleSince(long limit) {
    List<ClientSession> expired = new ArrayList<>();
    for (Iterator<Deque<Idle>> all = idle.values().iterator(); all.hasNext(); ) {
      Deque<Idle> waiting = all.next();
      while (!waiting.isEmpty() && waiting.peekLast().since - limit <= 0) {
        expired.add(waiting.removeLast().session);
        count--;
      }
      if (waiting.isEmpty()) {
        all.remove();
      }
    }
    return expired;
  }

  /** Ends all, and keeps none from now on. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    for (ClientSession session : removeIdleSince(System.nanoTime())) {
      session.quit();
    }
  }
}
