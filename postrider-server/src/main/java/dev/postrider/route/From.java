package dev.postrider.route;

import dev.postrider.mail.address.ReversePath;

/**
 * Whose mail is to be routed. Immutable.
 *
 * @param sender of the envelope
 * @param submitter the user who submitted it, as {@code Envelope.submitter} has it; may be empty
 */
public record From(ReversePath sender, String submitter) {
  /** Of nobody in particular. */
  public static From sender(ReversePath sender) {
    return new From(sender, "");
  }
}
