package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an administrator orders: to try, hold, release, expire or delete mail [postqueue,
 * postsuper]. Safe on any thread.
 *
 * <p>Takes no lock of its own: each step is one call of the spool, of the scheduler or of the
 * active set, each with its own lock, and none is held from one step to the next. (The scheduler's
 * comes before the active set's, which it calls.) Deliveries therefore go on between two steps; the
 * order of the steps is what keeps an order from being lost:
 *
 * <ul>
 *   <li>The spool is told before the active set: an attempt that ends in between, or is begun by
 *       what the active set was told, asks the spool and must find the new word there.
 *   <li>A deletion withdraws the message first, so that no further job of it starts.
 *   <li>{@code admit} comes last, when destinations that did not answer are revived: what it claims
 *       would otherwise be suspended again.
 * </ul>
 */
public final class QueueOrders {
  private final Spool spool;
  private final ActiveSet active;
  private final Scheduler scheduler;
  private final Runnable admit;

  /**
   * @param admit claims what is due now
   */
  QueueOrders(Spool spool, ActiveSet active, Scheduler scheduler, Runnable admit) {
    this.spool = spool;
    this.active = active;
    this.scheduler = scheduler;
    this.admit = admit;
  }

  /** Tries all deferred mail now, and destinations that did not answer as well. */
  public void flush() {
    scheduler.reviveAll();
    active.flush();
    admit.run();
  }

  /**
   * Tries one message now.
   *
   * @return whether it is in the queue and not held
   */
  public boolean flush(QueueId id) {
    Optional<StoredMessage> message = spool.find(id);
    if (message.isEmpty() || message.get().held()) {
      return false;
    }
    scheduler.reviveAll();
    if (message.get().attempts() > 0) {
      active.addDeferred(id, DueHeap.FLUSHED);
      admit.run();
    }
    return true;
  }

  /**
   * Tries the mail for one domain now.
   *
   * @return how many messages that concerns
   */
  public int flushSite(String domain) {
    // First: a message that is put up below may be claimed at once.
    scheduler.reviveAll();
    int found = 0;
    try (Stream<StoredMessage> all = spool.messages()) {
      for (StoredMessage message : (Iterable<StoredMessage>) all::iterator) {
        if (!message.held() && waitsFor(message, domain)) {
          found++;
          // What was never tried is on its way already.
          if (message.attempts() > 0) {
            active.addDeferred(message.id(), DueHeap.FLUSHED);
          }
        }
      }
    }
    admit.run();
    return found;
  }

  private static boolean waitsFor(StoredMessage message, String domain) {
    for (StoredMessage.Pending each : message.pending()) {
      if (message.recipient(each).mailbox().domain().equalsIgnoreCase(domain)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Keeps a message from further attempts; a delivery that runs is finished.
   *
   * @return whether it is in the queue and was not held before
   */
  public boolean hold(QueueId id) {
    if (spool.find(id).map(StoredMessage::held).orElse(true)) {
      return false;
    }
    spool.hold(id, true);
    active.withdraw(id);
    return true;
  }

  /** Ends a hold: the message is tried now. */
  public boolean release(QueueId id) {
    Optional<StoredMessage> message = spool.find(id);
    if (message.isEmpty() || !message.get().held()) {
      return false;
    }
    spool.hold(id, false);
    active.addDeferred(id, DueHeap.WOKEN);
    admit.run();
    return true;
  }

  /**
   * Ends a message's life: the next attempt is the last one.
   *
   * @return whether it is in the queue and was not ended before
   */
  public boolean expire(QueueId id) {
    if (spool.find(id).map(StoredMessage::expired).orElse(true)) {
      return false;
    }
    spool.expire(id);
    return true;
  }

  /**
   * Forgets a message without telling its sender; a delivery that runs is finished.
   *
   * @return whether it was in the queue
   */
  public boolean delete(QueueId id) {
    active.withdraw(id);
    boolean removed = spool.remove(id);
    // One that was claimed in between.
    active.withdraw(id);
    return removed;
  }
}
