package dev.postrider.table;

import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One item of an alias's right-hand side, or of an address table's value (aliases(5)). Immutable.
 */
public sealed interface AliasTarget {
  /** A mailbox; its domain is empty when a bare name was written. */
  record Address(Mailbox mailbox) implements AliasTarget {}

  /** {@code |command}. */
  record Command(String command) implements AliasTarget {}

  /** {@code /file}. */
  record FileName(String path) implements AliasTarget {}

  /** {@code ~/file}: a file of the user whose list it is; the text without the tilde. */
  record HomeFile(String path) implements AliasTarget {}

  /** {@code :include:/file}. */
  record Include(String path) implements AliasTarget {}

  /** Something that is none of these. */
  record Unusable(String text) implements AliasTarget {}

  /** The word in front of the name of a list file. */
  String INCLUDE = ":include:";

  /**
   * Takes a whole right-hand side apart; empty items are left out, and a comma that was forgotten
   * between two words is added.
   */
  static List<AliasTarget> parse(String text) {
    List<AliasTarget> targets = new ArrayList<>();
    for (AddressList.Address each : AddressList.parse(text).addresses()) {
      targets.add(of(each.text(), each.mailbox()));
    }
    return List.copyOf(targets);
  }

  private static AliasTarget of(String text, @Nullable Mailbox mailbox) {
    if (text.startsWith("/")) {
      return new FileName(text);
    }
    if (text.startsWith("~/")) {
      return new HomeFile(text.substring(1));
    }
    if (text.startsWith("|")) {
      return new Command(text.substring(1));
    }
    if (text.regionMatches(true, 0, INCLUDE, 0, INCLUDE.length())) {
      return new Include(text.substring(INCLUDE.length()));
    }
    return mailbox == null ? new Unusable(text) : new Address(mailbox);
  }
}
