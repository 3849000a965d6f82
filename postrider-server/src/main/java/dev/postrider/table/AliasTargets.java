package dev.postrider.table;

import dev.postrider.mail.address.Mailbox;
import java.util.List;

/** Makes one target of the tokens between two commas. Stateless. */
final class AliasTargets {
  private AliasTargets() {}

  static void add(List<AddressTokens.Token> item, List<AliasTarget> targets) {
    List<AddressTokens.Token> tokens = inAngles(item);
    if (tokens.isEmpty()) {
      return;
    }
    String whole = meaning(tokens);
    if (whole.startsWith("|")) {
      targets.add(new AliasTarget.Command(whole.substring(1).strip()));
    } else if (whole.startsWith("/")) {
      targets.add(new AliasTarget.FileName(whole));
    } else if (whole.regionMatches(true, 0, ":include:", 0, 9)) {
      targets.add(new AliasTarget.Include(whole.substring(9).strip()));
    } else {
      targets.add(address(withoutGroupOrRoute(tokens), whole));
    }
  }

  private static AliasTarget address(List<AddressTokens.Token> tokens, String whole) {
    int at = tokens.size() - 1;
    while (at >= 0 && !tokens.get(at).is('@')) {
      at--;
    }
    String local = meaning(at < 0 ? tokens : tokens.subList(0, at));
    String domain = at < 0 ? "" : meaning(tokens.subList(at + 1, tokens.size()));
    if (local.isEmpty() || (at >= 0 && domain.isEmpty())) {
      return new AliasTarget.Unusable(whole);
    }
    return new AliasTarget.Address(new Mailbox(local, domain));
  }

  /** What {@code <…>} holds, if there is one; a name in front of it is no part of the address. */
  private static List<AddressTokens.Token> inAngles(List<AddressTokens.Token> item) {
    for (int i = 0; i < item.size(); i++) {
      if (item.get(i).is('<')) {
        int end = i + 1;
        while (end < item.size() && !item.get(end).is('>')) {
          end++;
        }
        return item.subList(i + 1, end);
      }
    }
    return item;
  }

  /** Drops {@code group:} and the route of {@code @a,@b:user@c}, which RFC 5321 §C ignores. */
  private static List<AddressTokens.Token> withoutGroupOrRoute(List<AddressTokens.Token> tokens) {
    for (int i = tokens.size() - 1; i >= 0; i--) {
      if (tokens.get(i).is(':')) {
        return tokens.subList(i + 1, tokens.size());
      }
    }
    return tokens;
  }

  private static String meaning(List<AddressTokens.Token> tokens) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      if (i > 0
          && tokens.get(i).kind() != AddressTokens.Kind.OPERATOR
          && tokens.get(i - 1).kind() != AddressTokens.Kind.OPERATOR) {
        out.append(' ');
      }
      out.append(tokens.get(i).text());
    }
    return out.toString();
  }
}
