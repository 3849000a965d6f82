package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import org.jspecify.annotations.Nullable;

/** A message's place in the active set. Safe on any thread. */
final class Claim {
  final QueueId id;

  /** Whether a person asked for this attempt. */
  final boolean flushed;

  /** The flow that called the message back and counts on it; guarded by the scheduler's lock. */
  @Nullable Flow recalledBy;

  private volatile boolean withdrawn;

  Claim(QueueId id, boolean flushed, @Nullable Flow recalledBy) {
    this.id = id;
    this.flushed = flushed;
    this.recalledBy = recalledBy;
  }

  /** Starts no further job of the message: it was held or deleted. */
  void withdraw() {
    withdrawn = true;
  }

  boolean isWithdrawn() {
    return withdrawn;
  }
}
