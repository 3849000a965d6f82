package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which messages are worked on, and in which order the others come in. Safe on any thread.
 *
 * <p>At most qmgr_message_active_limit messages are in memory; the rest are numbers here and
 * records in the spool. New and retried mail come in by turns, so that neither starves the other.
 * The last tenth of the places is for mail that comes while others wait for theirs.
 */
final class ActiveSet {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<QueueId, Claim> claims = new HashMap<>();
  private final ArrayDeque<Recalled> recalled = new ArrayDeque<>();
  private final DueHeap fresh = new DueHeap();
  private final DueHeap deferred = new DueHeap();
  private int limit;
  private boolean freshNext = true;
  private boolean closed;

  ActiveSet(int limit) {
    this.limit = limit;
  }

  /**
   * A message to be looked at, and how sure that is.
   *
   * @param woken whether the next attempt recorded in the spool does not count
   * @param isTaken whether somebody is at the message already
   */
  record Candidate(Claim claim, boolean woken, boolean isTaken) {}

  /** Claims a new message, or null if it has to wait. */
  @Nullable Claim claimNew(QueueId id) {
    lock.lock();
    try {
      if (closed || claims.containsKey(id)) {
        return null;
      }
      if (claims.size() >= limit) {
        fresh.add(DueHeap.FLUSHED, id);
        return null;
      }
      Claim claim = new Claim(id, false, null);
      claims.put(id, claim);
      return claim;
    } finally {
      lock.unlock();
    }
  }

  /** Claims the next message that waits and is due, or null if there is none or no room. */
  @Nullable Candidate claimNext(long nowMillis) {
    lock.lock();
    try {
      Recalled next = closed || claims.size() >= limit ? null : recalled.pollFirst();
      if (next != null) {
        QueueId id = next.message().id();
        Claim claim = new Claim(id, next.message().flushed(), next.flow());
        return new Candidate(claim, true, claims.putIfAbsent(id, claim) != null);
      }
      while (!closed && claims.size() < limit - limit / 10) {
        long due = deferred.earliest();
        QueueId id = freshNext ? fresh.poll(nowMillis) : deferred.poll(nowMillis);
        boolean fromFresh = freshNext;
        if (id == null) {
          id = freshNext ? deferred.poll(nowMillis) : fresh.poll(nowMillis);
          fromFresh = !freshNext;
        }
        if (id == null) {
          return null;
        }
        freshNext = !fromFresh;
        if (!claims.containsKey(id)) {
          Claim claim = new Claim(id, !fromFresh && due == DueHeap.FLUSHED, null);
          claims.put(id, claim);
          return new Candidate(claim, !fromFresh && due <= DueHeap.WOKEN, false);
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  void release(Claim claim) {
    lock.lock();
    try {
      claims.remove(claim.id, claim);
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of a message that waits for a later attempt. */
  void releaseUntil(Claim claim, long timeMillis) {
    lock.lock();
    try {
      claims.remove(claim.id, claim);
      deferred.add(timeMillis, claim.id);
    } finally {
      lock.unlock();
    }
  }

  /** Lets messages come back that waited outside, before all others. */
  void addRecalled(List<Recalled> messages) {
    lock.lock();
    try {
      recalled.addAll(messages);
    } finally {
      lock.unlock();
    }
  }

  void addFresh(QueueId id) {
    lock.lock();
    try {
      fresh.add(DueHeap.FLUSHED, id);
    } finally {
      lock.unlock();
    }
  }

  void addDeferred(QueueId id, long timeMillis) {
    lock.lock();
    try {
      deferred.add(timeMillis, id);
    } finally {
      lock.unlock();
    }
  }

  void flush() {
    lock.lock();
    try {
      deferred.flush();
    } finally {
      lock.unlock();
    }
  }

  void withdraw(QueueId id) {
    lock.lock();
    try {
      Claim claim = claims.get(id);
      if (claim != null) {
        claim.withdraw();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isActive(QueueId id) {
    lock.lock();
    try {
      return claims.containsKey(id);
    } finally {
      lock.unlock();
    }
  }

  /** When the next deferred message is due, or {@link Long#MAX_VALUE}. */
  long nextDue() {
    lock.lock();
    try {
      return closed || claims.size() >= limit - limit / 10 ? Long.MAX_VALUE : deferred.earliest();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a message is worked on, or would be if there were room. */
  boolean isBusy(long nowMillis) {
    lock.lock();
    try {
      return !claims.isEmpty()
          || !recalled.isEmpty()
          || fresh.size() > 0
          || deferred.earliest() <= nowMillis;
    } finally {
      lock.unlock();
    }
  }

  void limit(int newLimit) {
    lock.lock();
    try {
      limit = newLimit;
    } finally {
      lock.unlock();
    }
  }

  /** Claims nothing more. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }
}
