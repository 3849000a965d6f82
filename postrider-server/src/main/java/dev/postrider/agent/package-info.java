/**
 * What the agents for mailboxes and commands have in common: the message with the lines on top that
 * belong into a mailbox or a command, the recipients it has been delivered to before, the
 * environment of a command, and what its end means for the mail. Decides nothing about who gets
 * what, and touches no file and no process.
 */
@NullMarked
package dev.postrider.agent;

import org.jspecify.annotations.NullMarked;
