package dev.postrider.mail.envelope;

import dev.postrider.mail.address.ReversePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What travels beside the content of one message. Immutable.
 *
 * @param sender who is told of failures
 * @param recipients at least one once stored
 * @param bodyType as declared by the sender
 * @param smtpUtf8 whether the sender asked for RFC 6531 handling
 * @param returnContent RET of RFC 3461 §4.3: whether reports carry the whole message or its header
 * @param envelopeId ENVID of RFC 3461 §4.4, decoded, or null
 * @param purpose what is to be done with the message
 * @param client who brought it by SMTP; {@link Client#NONE} if nobody did
 */
public record Envelope(
    ReversePath sender,
    List<Recipient> recipients,
    BodyType bodyType,
    boolean smtpUtf8,
    ReturnContent returnContent,
    @Nullable String envelopeId,
    Purpose purpose,
    Client client) {
  /** What is to be done with a message. */
  public enum Purpose {
    /** Delivery. */
    DELIVERY,
    /** Delivery, and a report to the sender about the first attempt at every recipient. */
    TRACED_DELIVERY,
    /** No delivery at all, but a report to the sender about what would become of it. */
    PROBE
  }

  /** RET of RFC 3461 §4.3. */
  public enum ReturnContent {
    UNSPECIFIED,
    FULL,
    HEADERS
  }

  public Envelope {
    recipients = List.copyOf(recipients);
  }

  /** An envelope of a message to be delivered. */
  public Envelope(
      ReversePath sender,
      List<Recipient> recipients,
      BodyType bodyType,
      boolean smtpUtf8,
      ReturnContent returnContent,
      @Nullable String envelopeId) {
    this(
        sender,
        recipients,
        bodyType,
        smtpUtf8,
        returnContent,
        envelopeId,
        Purpose.DELIVERY,
        Client.NONE);
  }

  public static Envelope of(ReversePath sender, List<Recipient> recipients) {
    return new Envelope(
        sender, recipients, BodyType.UNDECLARED, false, ReturnContent.UNSPECIFIED, null);
  }

  public Envelope withRecipients(List<Recipient> newRecipients) {
    return new Envelope(
        sender, newRecipients, bodyType, smtpUtf8, returnContent, envelopeId, purpose, client);
  }

  public Envelope withSender(ReversePath newSender) {
    return new Envelope(
        newSender, recipients, bodyType, smtpUtf8, returnContent, envelopeId, purpose, client);
  }

  public Envelope withBodyType(BodyType newBodyType) {
    return new Envelope(
        sender, recipients, newBodyType, smtpUtf8, returnContent, envelopeId, purpose, client);
  }

  public Envelope withPurpose(Purpose newPurpose) {
    return new Envelope(
        sender, recipients, bodyType, smtpUtf8, returnContent, envelopeId, newPurpose, client);
  }

  public Envelope withClient(Client newClient) {
    return new Envelope(
        sender, recipients, bodyType, smtpUtf8, returnContent, envelopeId, purpose, newClient);
  }

  /**
   * Without RET and ENVID: what a mailing list sends on is a message of its own (RFC 3461
   * §5.2.7.3).
   */
  public Envelope withoutReportOptions() {
    return new Envelope(
        sender, recipients, bodyType, smtpUtf8, ReturnContent.UNSPECIFIED, null, purpose, client);
  }
}
