/**
 * SMTP client: finds the servers of a next hop, keeps connections for reuse, and turns what they
 * say into the fate of each recipient.
 */
@NullMarked
package dev.postrider.smtp;

import org.jspecify.annotations.NullMarked;
