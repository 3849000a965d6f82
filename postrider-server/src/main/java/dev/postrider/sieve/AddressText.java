package dev.postrider.sieve;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An address as tests look at it. Immutable.
 *
 * @param mailbox the address; null for the null sender, which is an empty text whatever is asked
 * @param delimiters recipient_delimiter: each of its characters begins an extension
 */
record AddressText(@Nullable Mailbox mailbox, String delimiters) {
  static AddressText of(ReversePath sender, String delimiters) {
    return new AddressText(
        switch (sender) {
          case ReversePath.Null _ -> null;
          case ReversePath.Sender(Mailbox mailbox) -> mailbox;
        },
        delimiters);
  }

  /** Adds a part of it; nothing where it has no such part (RFC 5233 §4). */
  void addPart(String part, List<String> values) {
    if (mailbox == null) {
      values.add("");
      return;
    }
    String local = mailbox.localPart();
    int split = split(local);
    switch (part) {
      case ":localpart" -> values.add(local);
      case ":domain" -> values.add(mailbox.domain());
      case ":user" -> values.add(split < 0 ? local : local.substring(0, split));
      case ":detail" -> {
        if (split >= 0) {
          values.add(local.substring(split + 1));
        }
      }
      default -> values.add(mailbox.domain().isEmpty() ? local : local + "@" + mailbox.domain());
    }
  }

  private int split(String local) {
    for (int i = 1; i < local.length(); i++) {
      if (delimiters.indexOf(local.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
