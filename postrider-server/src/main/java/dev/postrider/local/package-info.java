/** Delivery on this machine: aliases and mailboxes [local]. */
@NullMarked
package dev.postrider.local;

import org.jspecify.annotations.NullMarked;
