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
 * @param handedOverBy the login name of the user of this machine who handed it over, as the system
 *     knows him; empty if it came another way. Bounded as the texts of {@link Client} are.
 */
public record Envelope(
    ReversePath sender,
    List<Recipient> recipients,
    BodyType bodyType,
    boolean smtpUtf8,
    ReturnContent returnContent,
    @Nullable String envelopeId,
    Purpose purpose,
    Client client,
    String handedOverBy) {
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
    handedOverBy = Client.safe(handedOverBy);
  }

  /** One that no user of this machine handed over. */
  public Envelope(
      ReversePath sender,
      List<Recipient> recipients,
      BodyType bodyType,
      boolean smtpUtf8,
      ReturnContent returnContent,
      @Nullable String envelopeId,
      Purpose purpose,
      Client client) {
    this(sender, recipients, bodyType, smtpUtf8, returnContent, envelopeId, purpose, client, "");
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
        sender,
        newRecipients,
        bodyType,
        smtpUtf8,
        returnContent,
        envelopeId,
        purpose,
        client,
        handedOverBy);
  }

  public Envelope withSender(ReversePath newSender) {
    return new Envelope(
        newSender,
        recipients,
        bodyType,
        smtpUtf8,
        returnContent,
        envelopeId,
        purpose,
        client,
        handedOverBy);
  }

  public Envelope withBodyType(BodyType newBodyType) {
    return new Envelope(
        sender,
        recipients,
        newBodyType,
        smtpUtf8,
        returnContent,
        envelopeId,
        purpose,
        client,
        handedOverBy);
  }

  public Envelope withPurpose(Purpose newPurpose) {
    return new Envelope(
        sender,
        recipients,
        bodyType,
        smtpUtf8,
        returnContent,
        envelopeId,
        newPurpose,
        client,
        handedOverBy);
  }

  public Envelope withClient(Client newClient) {
    return new Envelope(
        sender,
        recipients,
        bodyType,
        smtpUtf8,
        returnContent,
        envelopeId,
        purpose,
        newClient,
        handedOverBy);
  }

  /**
   * Without RET and ENVID: what a mailing list sends on is a message of its own (RFC 3461
   * §5.2.7.3).
   */
  public Envelope withoutReportOptions() {
    return new Envelope(
        sender,
        recipients,
        bodyType,
        smtpUtf8,
        ReturnContent.UNSPECIFIED,
        null,
        purpose,
        client,
        handedOverBy);
  }

  public Envelope withHandedOverBy(String login) {
    return new Envelope(
        sender, recipients, bodyType, smtpUtf8, returnContent, envelopeId, purpose, client, login);
  }

  /**
   * The user who submitted it: the one of this machine, or the name that an SMTP client
   * authenticated with; empty if there is neither. Unlike the sender nobody can choose it.
   */
  public String submitter() {
    return handedOverBy.isEmpty() ? client.saslUsername() : handedOverBy;
  }
}
