/**
 * What travels beside the content: who sent it, to whom, and what reports are wanted (RFC 5321,
 * 3461, 6152, 6531). Immutable.
 */
@NullMarked
package dev.postrider.mail.envelope;

import org.jspecify.annotations.NullMarked;
