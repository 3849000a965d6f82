/** Builds delivery reports (RFC 3461, 3464, 6522) from values; sends nothing. */
@NullMarked
package dev.postrider.mail.dsn;

import org.jspecify.annotations.NullMarked;
