package dev.postrider.account;

import java.time.Instant;

/**
 * Something that an account sent, or is to send. Immutable.
 *
 * @param time when
 */
record Sent(Instant time, long messages, long recipients) {}
