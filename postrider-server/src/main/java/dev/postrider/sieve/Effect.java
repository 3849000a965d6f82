package dev.postrider.sieve;

import dev.postrider.mail.address.Mailbox;

/** What a script wants done with a message. Immutable. */
public sealed interface Effect {
  /** Into the user's mailbox. */
  record Keep() implements Effect {
    @Override
    public String toString() {
      return "keep";
    }
  }

  /** Into a folder. */
  record FileInto(FolderName folder) implements Effect {
    @Override
    public String toString() {
      return "fileinto \"" + folder + "\"";
    }
  }

  /** On to somebody, with the sender that it has. */
  record Redirect(Mailbox address) implements Effect {
    @Override
    public String toString() {
      return "redirect <" + address.external() + ">";
    }
  }

  /** An answer to the sender, besides what else is done. */
  record Reply(VacationReply reply) implements Effect {
    @Override
    public String toString() {
      return "vacation: reply to " + reply;
    }
  }

  /**
   * No answer, though the script wants one.
   *
   * @param why this message has none, in words
   */
  record NoReply(String why) implements Effect {
    @Override
    public String toString() {
      return "vacation: no reply, because " + why;
    }
  }

  /** Back to the sender. */
  record Reject(String reason) implements Effect {
    @Override
    public String toString() {
      return "reject \"" + reason.strip().replace('\n', ' ') + "\"";
    }
  }

  /** Whether it is about an answer, and nothing becomes of the message by it. */
  default boolean isAnswer() {
    return this instanceof Reply || this instanceof NoReply;
  }
}
