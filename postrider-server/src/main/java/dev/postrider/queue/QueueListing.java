package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * What is in the queue, and in which of Postfix's queues it would be. A message may move on while
 * it is listed. Safe on any thread.
 */
public final class QueueListing {
  private final Spool spool;
  private final ActiveSet active;
  private final BooleanSupplier longIds;

  /**
   * @param longIds enable_long_queue_ids, as it is when a message is shown
   */
  QueueListing(Spool spool, ActiveSet active, BooleanSupplier longIds) {
    this.spool = spool;
    this.active = active;
    this.longIds = longIds;
  }

  /** All messages, oldest first, as a listing shows them; to be closed. */
  public Stream<QueueView> view() {
    return spool.messages().map(this::view);
  }

  private QueueView view(StoredMessage message) {
    return QueueView.of(
        message, queue(message.id(), message.held(), message.attempts()), longIds.getAsBoolean());
  }

  private QueueView.Queue queue(QueueId id, boolean held, int attempts) {
    if (held) {
      return QueueView.Queue.HOLD;
    }
    if (active.isActive(id)) {
      return QueueView.Queue.ACTIVE;
    }
    return attempts == 0 ? QueueView.Queue.INCOMING : QueueView.Queue.DEFERRED;
  }

  /** Whether an attempt is under way. */
  public boolean isActive(QueueId id) {
    return active.isActive(id);
  }

  /** Where a message is; empty if it is not in the queue. */
  public Optional<QueueView.Queue> queueOf(QueueId id) {
    return spool.find(id).map(message -> queue(id, message.held(), message.attempts()));
  }

  /** The messages that are in one of these queues now, oldest first. */
  public List<QueueId> in(Set<QueueView.Queue> queues) {
    try (Stream<SpoolView.Standing> all = spool.standings()) {
      return all.filter(each -> queues.contains(queue(each.id(), each.held(), each.attempts())))
          .map(SpoolView.Standing::id)
          .toList();
    }
  }
}
