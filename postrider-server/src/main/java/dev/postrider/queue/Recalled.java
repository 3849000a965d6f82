package dev.postrider.queue;

import org.jspecify.annotations.Nullable;

/**
 * A message that comes back from outside the active set.
 *
 * @param message which one
 * @param flow to be told when it has arrived or is gone; null if nobody counts on it
 */
record Recalled(WaitingIds.Waiting message, @Nullable Flow flow) {}
