/**
 * Acts with the rights of a recipient: appends to a mailbox, adds to a maildir, runs a command,
 * reads a file of the user's. What decides whether that should happen is elsewhere; nothing here
 * reads from the network or parses mail.
 */
@NullMarked
package dev.postrider.helper;

import org.jspecify.annotations.NullMarked;
