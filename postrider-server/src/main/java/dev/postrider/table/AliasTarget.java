package dev.postrider.table;

import dev.postrider.mail.address.Mailbox;
import java.util.ArrayList;
import java.util.List;

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

  /** {@code :include:/file}. */
  record Include(String path) implements AliasTarget {}

  /** Something that is none of these. */
  record Unusable(String text) implements AliasTarget {}

  /** Takes a whole right-hand side apart; empty items are left out. */
  static List<AliasTarget> parse(String text) {
    List<AliasTarget> targets = new ArrayList<>();
    List<AddressTokens.Token> item = new ArrayList<>();
    int angle = 0;
    for (AddressTokens.Token token : AddressTokens.scan(text)) {
      angle = token.is('<') ? 1 : token.is('>') ? 0 : angle;
      if (angle == 0 && (token.is(',') || token.is(';'))) {
        AliasTargets.add(item, targets);
        item.clear();
      } else if (token.kind() != AddressTokens.Kind.COMMENT) {
        item.add(token);
      }
    }
    AliasTargets.add(item, targets);
    return List.copyOf(targets);
  }
}
