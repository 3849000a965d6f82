package dev.postrider.migrate;

import dev.postrider.archive.BadExportException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Recipient;

/**
 * A recipient as a queue file has it. Immutable.
 *
 * @param address in Postfix's internal form: without quotes
 * @param original as first given, likewise; empty if that is not known
 * @param dsn the reports asked for
 * @param done whether it needs no further attempt
 * @param offset of its record in the file
 */
public record QueuedRecipient(
    String address, String original, DsnRequest dsn, boolean done, long offset) {
  QueuedRecipient waiting() {
    return new QueuedRecipient(address, original, dsn, false, offset);
  }

  QueuedRecipient served() {
    return new QueuedRecipient(address, original, dsn, true, offset);
  }

  QueuedRecipient redirectedTo(String target) {
    return new QueuedRecipient(target, original.isEmpty() ? address : original, dsn, done, offset);
  }

  /**
   * As the spool has it.
   *
   * @param nobody who gets what is for the empty address
   */
  Recipient recipient(Mailbox nobody) throws BadExportException {
    Mailbox mailbox = address.isEmpty() ? nobody : mailbox(address);
    return new Recipient(mailbox, original.isEmpty() ? mailbox : mailbox(original), dsn);
  }

  /** Reads the internal form: what stands behind the last at sign is the domain. */
  static Mailbox mailbox(String address) throws BadExportException {
    int at = address.lastIndexOf('@');
    try {
      return at < 0
          ? new Mailbox(address, "")
          : new Mailbox(address.substring(0, at), address.substring(at + 1));
    } catch (IllegalArgumentException e) {
      throw new BadExportException(
          "has an address that is none: "
              + e.getMessage()
              + " (\"postcat FILE\" shows it; Postfix can deliver it)");
    }
  }
}
