package dev.postrider.intake;

import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;

/**
 * A message asking to be stored, without its content. Immutable.
 *
 * @param envelope addresses as the submitter gave them; intake qualifies and rewrites them
 * @param origin where it came from
 * @param recipientsFromHeader whether To, Cc and Bcc (or their Resent forms) add recipients, as
 *     sendmail -t wants
 * @param headerRequest the reports asked for about recipients found in the header
 */
public record Submission(
    Envelope envelope, Origin origin, boolean recipientsFromHeader, DsnRequest headerRequest) {
  /** Of the recipients in the header, if they count at all, no special reports are wanted. */
  public Submission(Envelope envelope, Origin origin, boolean recipientsFromHeader) {
    this(envelope, origin, recipientsFromHeader, DsnRequest.DEFAULT);
  }
}
