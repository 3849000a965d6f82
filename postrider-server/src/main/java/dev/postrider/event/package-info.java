/**
 * The event log: what happened to each message, as lines of JSON in {@code
 * <queue_directory>/events} (docs/events.md has the format), and what can be proved of it. Written
 * behind, by one thread; who records an event never waits for the disk, unless a whole queue of
 * events stands before it. It must not stop or slow mail: what cannot be written is dropped and
 * counted, and the count is an event itself. Never holds content or secrets. Reading is for
 * commands and for the start after a crash; it streams, with bounded memory.
 */
@NullMarked
package dev.postrider.event;

import org.jspecify.annotations.NullMarked;
