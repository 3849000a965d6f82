package dev.postrider.queue;

import dev.postrider.spool.QueueId;

/** A message's place in the active set. Safe on any thread. */
final class Claim {
  final QueueId id;
  private volatile boolean withdrawn;

  Claim(QueueId id) {
    this.id = id;
  }

  /** Starts no further job of the message: it was held or deleted. */
  void withdraw() {
    withdrawn = true;
  }

  boolean isWithdrawn() {
    return withdrawn;
  }
}
