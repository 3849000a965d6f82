/**
 * What main.cf's tables make of the addresses of a message before it is stored [cleanup]:
 * completion, canonical, masquerade, virtual aliases, added recipients. Settings are immutable and
 * safe on any thread; a {@code MessageMapping} is for one message and one thread. Stores and routes
 * nothing.
 */
@NullMarked
package dev.postrider.mapping;

import org.jspecify.annotations.NullMarked;
