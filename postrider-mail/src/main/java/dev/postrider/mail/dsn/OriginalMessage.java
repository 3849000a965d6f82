package dev.postrider.mail.dsn;

/**
 * What a report returns of the message it is about. Never cut inside: either all of it, or whole
 * header fields only.
 *
 * @param content header, and unless {@code headerOnly} an empty line and the body; LF line ends;
 *     not copied, so the caller leaves it alone
 * @param headerOnly whether {@code content} stops before the empty line
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record OriginalMessage(byte[] content, boolean headerOnly) {}
