package dev.postrider.event;

import dev.postrider.spool.QueueId;

/**
 * Something that must not be.
 *
 * @param id the message
 * @param reason in words, for the administrator
 */
public record Finding(QueueId id, String reason) {}
