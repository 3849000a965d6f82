package dev.postrider.queue;

import dev.postrider.delivery.NextHop;

/**
 * What the queue groups and limits by. Immutable.
 *
 * @param nextHop where the mail goes
 * @param recipient the mailbox when the transport takes one recipient at a time, else empty
 */
record DestinationKey(NextHop nextHop, String recipient) {}
