package dev.postrider.log;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded queue to one writing thread. Whoever puts something in while it is full waits up to a
 * second; then it is lost and counted, because mail matters more than what is said of it. Once a
 * wait was in vain, nobody waits any more until the writer goes on. Safe on any thread.
 *
 * @param <E> what is queued
 */
public final class PatientQueue<E> {
  private static final int MOST_QUEUED = 16_384;
  private static final int MOST_AT_ONCE = 1_024;
  private static final long PATIENCE_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 5_000;

  private final BlockingQueue<E> queue = new ArrayBlockingQueue<>(MOST_QUEUED);
  private final AtomicLong lost = new AtomicLong();
  private volatile boolean stuck;

  /** Queues it, or counts it as lost. Waits a second at most; an interrupt ends that and stays. */
  public void put(E element) {
    if (queue.offer(element)) {
      return;
    }
    boolean queued = false;
    try {
      queued = !stuck && queue.offer(element, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!queued) {
      stuck = true;
      lost.incrementAndGet();
    }
  }

  /** Waits for something, and takes what is there, as far as it fits one write. */
  public void take(List<E> into) throws InterruptedException {
    into.add(queue.take());
    stuck = false;
    queue.drainTo(into, MOST_AT_ONCE - 1);
  }

  /** Whether so much waits that the next write should not. */
  public boolean isCrowded() {
    return queue.size() >= MOST_AT_ONCE;
  }

  /**
   * What was lost and not said yet. The writer's: what it has said it takes off, what it loses it
   * adds.
   */
  public AtomicLong lost() {
    return lost;
  }

  /** Queues the last element and waits some seconds until the writer has ended over it. */
  public void end(E last, Thread writer) {
    try {
      if (queue.offer(last, CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        writer.join(CLOSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
