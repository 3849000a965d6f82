/**
 * The content: header scan and edit, dot-stuffing, line framing, MIME. Content is bytes with LF
 * line ends inside Postrider; CRLF exists only on the wire. Nothing here grows with the size of a
 * message.
 */
@NullMarked
package dev.postrider.mail.message;

import org.jspecify.annotations.NullMarked;
