package dev.postrider.mail.dsn;

import dev.postrider.mail.address.ReversePath;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one report about one message (RFC 3464). Immutable.
 *
 * @param kind what is reported, and to whom
 * @param queueId of the message reported on, as the log has it
 * @param sender of the message reported on
 * @param envelopeId ENVID of RFC 3461 §4.4, decoded, or null
 * @param arrival when that message came
 * @param retryUntil when the attempts end, or null if they have
 * @param utf8 whether the message was submitted with SMTPUTF8 (RFC 6531), so that the report may be
 *     in the form of RFC 6533
 * @param recipients at least one
 */
public record DeliveryReport(
    Kind kind,
    String queueId,
    ReversePath sender,
    @Nullable String envelopeId,
    Instant arrival,
    @Nullable Instant retryUntil,
    boolean utf8,
    List<RecipientReport> recipients) {
  /** What is reported, and to whom; the subjects are Postfix's, which people filter by. */
  public enum Kind {
    FAILURE("Undelivered Mail Returned to Sender"),
    DELAY("Delayed Mail (still being retried)"),
    STATUS("Mail Delivery Status Report"),
    SUCCESS("Successful Mail Delivery Report"),
    POSTMASTER_FAILURE("Postmaster Copy: Undelivered Mail"),
    POSTMASTER_DELAY("Postmaster Warning: Delayed Mail");

    private final String subject;

    Kind(String subject) {
      this.subject = subject;
    }

    public String subject() {
      return subject;
    }

    /** Whether it goes to whoever runs this system, and not to the sender. */
    public boolean forPostmaster() {
      return this == POSTMASTER_FAILURE || this == POSTMASTER_DELAY;
    }
  }

  public DeliveryReport {
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("a report concerns at least one recipient");
    }
  }

  /** Whether an address in it, or the message, needs the report's form of RFC 6533. */
  boolean needsUtf8() {
    if (utf8) {
      return true;
    }
    for (RecipientReport each : recipients) {
      if (each.recipient().mailbox().needsSmtpUtf8()
          || each.recipient().original().needsSmtpUtf8()) {
        return true;
      }
    }
    return sender instanceof ReversePath.Sender(var mailbox) && mailbox.needsSmtpUtf8();
  }
}
