package dev.postrider.smtp;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.util.List;

/**
 * A message as it goes on the wire, after generic mapping. Immutable.
 *
 * @param queueId for the log
 * @param envelope the options beside sender and recipients
 * @param senderPath what stands between the angle brackets of MAIL
 * @param recipients those of this job
 * @param recipientPaths what stands between the angle brackets of RCPT, one for each recipient
 * @param content LF line ends
 * @param needsSmtpUtf8 whether an address or a header field is beyond ASCII
 * @param requireTls what is asked of a server for it because its sender asked for TLS
 */
record Outgoing(
    String queueId,
    Envelope envelope,
    String senderPath,
    List<Recipient> recipients,
    List<String> recipientPaths,
    MessageContent content,
    boolean needsSmtpUtf8,
    RequireTls.Level requireTls) {
  /** The same for a sender who asked for TLS. */
  Outgoing withRequireTls(RequireTls.Level level) {
    return new Outgoing(
        queueId, envelope, senderPath, recipients, recipientPaths, content, needsSmtpUtf8, level);
  }
}
