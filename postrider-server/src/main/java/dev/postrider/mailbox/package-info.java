/**
 * A user's mailbox as its reader sees it: mbox files and maildirs, read in as an index, changed
 * without losing mail, and shown as text. Nothing here prints, asks, or knows a command.
 *
 * <p>For one thread, but for the functions that say otherwise. Delivery into mailboxes is not done
 * here: see {@code dev.postrider.local}.
 */
@NullMarked
package dev.postrider.mailbox;

import org.jspecify.annotations.NullMarked;
