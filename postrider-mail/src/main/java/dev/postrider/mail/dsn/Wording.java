package dev.postrider.mail.dsn;

/**
 * An administrator's own words for a kind of report, in place of ours.
 *
 * @param from the value of the From header
 * @param subject the value of the Subject header
 * @param charset of {@code text}
 * @param text before the list of recipients, in that charset, each line ended by LF; not copied, so
 *     the caller leaves it alone; empty to keep our own
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record Wording(String from, String subject, String charset, byte[] text) {}
