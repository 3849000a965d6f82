/**
 * When and how much: the active set, destinations, concurrency, retries [qmgr]. Knows ids, times
 * and recipients, not content. An unexpected exception defers.
 */
@NullMarked
package dev.postrider.queue;

import org.jspecify.annotations.NullMarked;
