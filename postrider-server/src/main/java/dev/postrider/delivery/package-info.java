/**
 * The words that the queue and the delivery agents share: a request, the fate of each recipient,
 * the transport that decides it.
 */
@NullMarked
package dev.postrider.delivery;

import org.jspecify.annotations.NullMarked;
