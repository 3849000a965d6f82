package dev.postrider.spool;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Operations on their way to the writer. Any thread may put, without a lock; one thread takes. Only
 * what somebody waits for wakes a writer that is collecting; a change wakes it from sleep.
 */
final class Inbox {
  private enum Mood {
    BUSY,
    COLLECTING,
    ASLEEP
  }

  /** Stands for an inbox that takes nothing more. */
  private static final Operation CLOSED = new Operation.Flush();

  private final AtomicReference<@Nullable Operation> newest = new AtomicReference<>();
  private volatile Mood mood = Mood.BUSY;
  private volatile @Nullable Thread writer;
  private volatile boolean ending;

  /** Returns false if the spool is closed. */
  boolean put(Operation operation) {
    while (true) {
      Operation head = newest.get();
      if (head == CLOSED) {
        return false;
      }
      operation.next = head;
      if (newest.compareAndSet(head, operation)) {
        break;
      }
    }
    Mood now = mood;
    if (now == Mood.ASLEEP
        || (now == Mood.COLLECTING && !(operation instanceof Operation.Change))) {
      LockSupport.unpark(writer);
    }
    return true;
  }

  /**
   * Wakes the writer whatever it does, and from now on it does not rest any more. The word is kept
   * beside the wake-up, which a lock that the writer has to wait for on its way could swallow.
   */
  void end() {
    ending = true;
    LockSupport.unpark(writer);
  }

  /** Moves everything to the end of {@code backlog}, in order; returns how many are awaited. */
  int take(ArrayDeque<Operation> backlog) {
    return append(newest.getAndSet(null), backlog);
  }

  /** As {@link #take}, and takes nothing more from now on. */
  int close(ArrayDeque<Operation> backlog) {
    return append(newest.getAndSet(CLOSED), backlog);
  }

  private static int append(@Nullable Operation head, ArrayDeque<Operation> backlog) {
    Operation oldest = null;
    for (Operation each = head; each != null; ) {
      Operation following = each.next;
      each.next = oldest;
      oldest = each;
      each = following;
    }
    int awaited = 0;
    for (Operation each = oldest; each != null; ) {
      Operation following = each.next;
      each.next = null;
      backlog.addLast(each);
      awaited += each instanceof Operation.Awaited ? 1 : 0;
      each = following;
    }
    return awaited;
  }

  /** Names the thread that takes. */
  void servedBy(Thread thread) {
    writer = thread;
  }

  /**
   * Waits until anything is put, or {@code nanos} have passed (0: for ever), or it is to end, or a
   * spurious wake.
   */
  void sleep(long nanos) {
    rest(Mood.ASLEEP, nanos);
  }

  /**
   * Waits until something awaited is put, or {@code nanos} have passed, or it is to end, or a
   * spurious wake.
   */
  void collect(long nanos) {
    rest(Mood.COLLECTING, nanos);
  }

  private void rest(Mood resting, long nanos) {
    mood = resting;
    if (newest.get() == null && !ending) {
      if (nanos == 0) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, nanos);
      }
    }
    mood = Mood.BUSY;
  }
}
