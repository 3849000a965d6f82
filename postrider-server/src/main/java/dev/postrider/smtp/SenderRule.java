package dev.postrider.smtp;

import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which senders an account takes, and what becomes of the others. Immutable.
 *
 * @param own what takes the place of the others; null if all are taken, or {@code domain} does
 * @param domain what takes the place of the others' domains; mostly empty
 * @param taken addresses, and domains with an {@code @} before them, in lower case
 */
record SenderRule(@Nullable Mailbox own, String domain, Set<String> taken) {
  SenderRule {
    taken = Set.copyOf(taken);
  }

  /**
   * Reads an entry: the account's own address, then those that it takes beside it, {@code @domain}
   * for all of a domain; or DUNNO, if it takes all.
   *
   * @return empty if that is no such list
   */
  static Optional<SenderRule> parse(String value) {
    List<String> words = new ArrayList<>(List.of(value.strip().split("[,\\s]+")));
    String first = words.removeFirst();
    if (first.isEmpty() || (first.equalsIgnoreCase("DUNNO") && words.isEmpty())) {
      return Optional.of(new SenderRule(null, "", Set.of()));
    }
    Set<String> taken = new HashSet<>();
    for (String word : words) {
      if (word.indexOf('@') < 0) {
        return Optional.empty();
      }
      taken.add(word.toLowerCase(Locale.ROOT));
    }
    if (first.startsWith("@")) {
      return first.length() == 1
          ? Optional.empty()
          : Optional.of(new SenderRule(null, first.substring(1), taken));
    }
    List<Mailbox> own = AddressList.parse(first).mailboxes();
    return own.size() == 1 && !own.getFirst().domain().isEmpty()
        ? Optional.of(new SenderRule(own.getFirst(), "", taken))
        : Optional.empty();
  }

  /** Whether every sender is left as it is. */
  boolean takesAll() {
    return own == null && domain.isEmpty();
  }

  /** The sender that takes the place of one; the same if the account takes it. */
  Mailbox apply(Mailbox sender) {
    if (takesAll()
        || taken.contains(sender.internal().toLowerCase(Locale.ROOT))
        || taken.contains("@" + sender.domain().toLowerCase(Locale.ROOT))) {
      return sender;
    }
    return own == null ? new Mailbox(sender.localPart(), domain) : own;
  }
}
