package dev.postrider.queue;

import java.time.Instant;
import java.util.Optional;

/**
 * What a queue has to do.
 *
 * @param isBusy whether mail is worked on or due
 * @param nextAttempt when the first of the deferred messages is due again; empty if there is none.
 *     It may have left the queue since, so this can be too early
 */
public record Outlook(boolean isBusy, Optional<Instant> nextAttempt) {}
