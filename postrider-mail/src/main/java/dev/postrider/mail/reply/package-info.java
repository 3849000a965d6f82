/** Replies of SMTP: codes, enhanced status codes and texts (RFC 5321 §4.2, RFC 3463). Immutable. */
@NullMarked
package dev.postrider.mail.reply;

import org.jspecify.annotations.NullMarked;
