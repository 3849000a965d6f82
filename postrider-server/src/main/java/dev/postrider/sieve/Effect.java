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

  /** Back to the sender. */
  record Reject(String reason) implements Effect {
    @Override
    public String toString() {
      return "reject \"" + reason.strip().replace('\n', ' ') + "\"";
    }
  }
}
