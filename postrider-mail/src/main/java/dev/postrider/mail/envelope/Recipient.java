package dev.postrider.mail.envelope;

import dev.postrider.mail.address.Mailbox;

/**
 * One recipient of a message. Immutable.
 *
 * @param mailbox where it goes now, fully qualified
 * @param original as first given, before aliases and rewriting: {@code orig_to} in the log
 * @param dsn the reports asked for
 */
public record Recipient(Mailbox mailbox, Mailbox original, DsnRequest dsn) {
  public static Recipient of(Mailbox mailbox) {
    return new Recipient(mailbox, mailbox, DsnRequest.DEFAULT);
  }

  /** The same recipient, redirected. */
  public Recipient redirectedTo(Mailbox target) {
    return new Recipient(target, original, dsn);
  }
}
