/**
 * Delivery to mailboxes whose owners are no users of this machine: where they are and whose files
 * they are is in tables [virtual].
 */
@NullMarked
package dev.postrider.virtual;

import org.jspecify.annotations.NullMarked;
