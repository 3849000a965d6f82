package dev.postrider.smtpd;

import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.util.ArrayList;
import java.util.List;

/** The mail transaction between MAIL and the end of its content. For one thread. */
final class Transaction {
  private final Command.Mail mail;
  private final List<Recipient> recipients = new ArrayList<>();
  private int overshoot;

  Transaction(Command.Mail mail) {
    this.mail = mail;
  }

  Command.Mail mail() {
    return mail;
  }

  int recipientCount() {
    return recipients.size();
  }

  void add(Command.Rcpt rcpt) {
    recipients.add(new Recipient(rcpt.recipient(), rcpt.recipient(), rcpt.dsn()));
  }

  /** Counts a recipient over the limit; returns how many there were before it. */
  int overshoot() {
    return overshoot++;
  }

  Envelope envelope() {
    return new Envelope(
        mail.sender(),
        recipients,
        mail.bodyType(),
        mail.smtpUtf8(),
        mail.returnContent(),
        mail.envelopeId());
  }
}
