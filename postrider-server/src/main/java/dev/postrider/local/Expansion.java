package dev.postrider.local;

import dev.postrider.mail.address.Mailbox;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the mail of a local name goes after aliases. */
sealed interface Expansion {
  /**
   * To the mailbox of a user, or nowhere else because no alias has the name.
   *
   * @param user the name to look for among the users, without an extension
   * @param extension without its delimiter; may be empty
   */
  record ToUser(String user, String extension) implements Expansion {}

  /**
   * To other addresses.
   *
   * @param targets at least one, each with a domain, no duplicates
   * @param alsoUser the user whose own name stands among the targets, or null
   * @param owner the name of the alias's owner alias, who hears of failures, or null
   */
  record Forward(List<Mailbox> targets, @Nullable ToUser alsoUser, @Nullable String owner)
      implements Expansion {
    public Forward {
      targets = List.copyOf(targets);
    }
  }

  /** Nobody knows yet: the mail waits. */
  record Wait(String code, String reason) implements Expansion {}

  /** Never: the sender is told. */
  record Refuse(String code, String reason) implements Expansion {}
}
