package dev.postrider.pickup;

import dev.postrider.config.Config;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.util.ArrayList;
import java.util.List;

/**
 * What a head and the kernel's word about its owner ask for. Immutable.
 *
 * @param options the arguments understood
 * @param submissions what to store: one, or with VERP one a recipient
 */
record LocalSubmission(SendmailOptions options, List<Submission> submissions) {
  LocalSubmission {
    submissions = List.copyOf(submissions);
  }

  /**
   * @throws MaildropFormatException if the arguments make no sense: sendmail would have refused
   *     them
   */
  static LocalSubmission of(MaildropHeader header, Submitter owner, Config config)
      throws MaildropFormatException {
    SendmailOptions options =
        switch (SendmailArguments.parse(header.arguments())) {
          case SendmailOptions understood -> understood;
          case SendmailCall.Misused misused ->
              throw new MaildropFormatException("sendmail: fatal: " + misused.fatal());
        };
    Origin origin =
        new Origin.Local(
            owner.uid(), owner.login(), fullName(options, header, owner), options.gateway());
    ReversePath sender =
        options.sender() == null
            ? ReversePath.of(new Mailbox(owner.login(), ""))
            : AddressArguments.reversePath(options.sender());
    Envelope envelope =
        new Envelope(
            sender,
            recipients(options, header, config),
            options.bodyType(),
            options.smtpUtf8(),
            options.returnContent(),
            options.envelopeId(),
            options.purpose(),
            Client.NONE,
            owner.login());
    return new LocalSubmission(options, submissions(envelope, origin, options, config));
  }

  private static String fullName(SendmailOptions options, MaildropHeader header, Submitter owner) {
    if (options.fullName() != null) {
      return options.fullName();
    }
    return header.name().isEmpty() ? owner.fullName() : header.name();
  }

  private static List<Recipient> recipients(
      SendmailOptions options, MaildropHeader header, Config config)
      throws MaildropFormatException {
    List<Recipient> all = new ArrayList<>();
    header.recipients().forEach(recipient -> all.add(recipient.recipient()));
    DsnRequest dsn = new DsnRequest(options.events(), null);
    for (String operand : options.recipients()) {
      List<Mailbox> addresses = AddressArguments.list(operand);
      if (addresses.isEmpty()) {
        // An operand without an address is the null address, which goes where Postfix sends it.
        addresses = AddressArguments.list(config.text("empty_address_recipient"));
      }
      if (all.size() + addresses.size() > SendmailArguments.MAX_RECIPIENTS) {
        throw new MaildropFormatException(SendmailArguments.TOO_MANY_RECIPIENTS);
      }
      for (Mailbox address : addresses) {
        all.add(new Recipient(address, address, dsn));
      }
    }
    return all;
  }

  private static List<Submission> submissions(
      Envelope envelope, Origin origin, SendmailOptions options, Config config) {
    String delimiters = options.verpDelimiters();
    if (delimiters == null || !(envelope.sender() instanceof ReversePath.Sender(Mailbox owner))) {
      return List.of(
          new Submission(
              envelope,
              origin,
              options.recipientsFromHeader(),
              new DsnRequest(options.events(), null)));
    }
    if (delimiters.isEmpty()) {
      delimiters = config.text("default_verp_delimiters");
    }
    // owner+user=site@domain: a report then names who it is about by the address it comes to.
    List<Submission> each = new ArrayList<>();
    for (Recipient recipient : envelope.recipients()) {
      Mailbox to = recipient.mailbox().qualified(config.text("myorigin"));
      Mailbox sender =
          new Mailbox(
              owner.localPart()
                  + delimiters.charAt(0)
                  + to.localPart()
                  + delimiters.charAt(1)
                  + to.domain(),
              owner.domain());
      each.add(
          new Submission(
              envelope.withSender(ReversePath.of(sender)).withRecipients(List.of(recipient)),
              origin,
              false));
    }
    return each;
  }
}
