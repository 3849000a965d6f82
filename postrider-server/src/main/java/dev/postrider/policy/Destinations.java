package dev.postrider.policy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.TableSource;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The domains this host takes mail for from anybody: its own, and those it relays for. Immutable;
 * safe on any thread.
 */
final class Destinations {
  private final String origin;
  private final List<PatternList> lists;
  private final Set<InetAddress> ownAddresses;

  private Destinations(String origin, List<PatternList> lists, Set<InetAddress> ownAddresses) {
    this.origin = origin;
    this.lists = List.copyOf(lists);
    this.ownAddresses = Set.copyOf(ownAddresses);
  }

  static Destinations of(Config config, TableSource tables, Set<InetAddress> ownAddresses)
      throws ConfigException {
    List<String> parents = config.list("parent_domain_matches_subdomains");
    return new Destinations(
        config.text("myorigin"),
        List.of(
            list(config, "mydestination", tables, false),
            list(config, "virtual_alias_domains", tables, false),
            list(config, "virtual_mailbox_domains", tables, false),
            list(config, "relay_domains", tables, parents.contains("relay_domains"))),
        ownAddresses);
  }

  private static PatternList list(
      Config config, String parameter, TableSource tables, boolean subdomains)
      throws ConfigException {
    return PatternList.of(parameter, config.list(parameter), tables, subdomains);
  }

  /** Whether mail for this recipient is ours to take from a stranger. */
  PatternList.Match include(Mailbox recipient) {
    if (routesItself(recipient.localPart())) {
      return PatternList.Match.NO;
    }
    String domain = recipient.domain().isEmpty() ? origin : recipient.domain();
    if (domain.endsWith(".")) {
      domain = domain.substring(0, domain.length() - 1);
    }
    if (domain.startsWith("[")) {
      return isOwnLiteral(domain) ? PatternList.Match.YES : PatternList.Match.NO;
    }
    PatternList.Match found = PatternList.Match.NO;
    for (PatternList list : lists) {
      switch (list.matchesDomain(domain)) {
        case YES -> {
          return PatternList.Match.YES;
        }
        case UNKNOWN -> found = PatternList.Match.UNKNOWN;
        case NO -> {}
      }
    }
    return found;
  }

  /** {@code user%elsewhere@here} and its like ask us to relay (RFC 5321 App. F.2): never. */
  private static boolean routesItself(String localPart) {
    return localPart.indexOf('%') >= 0
        || localPart.indexOf('!') >= 0
        || localPart.indexOf('@') >= 0;
  }

  private boolean isOwnLiteral(String domain) {
    if (!domain.endsWith("]")) {
      return false;
    }
    String inside = domain.substring(1, domain.length() - 1);
    String address = inside.regionMatches(true, 0, "IPv6:", 0, 5) ? inside.substring(5) : inside;
    Optional<InetAddress> literal = Cidr.literal(address);
    return literal.isPresent()
        && (literal.get().isLoopbackAddress() || ownAddresses.contains(literal.get()));
  }
}
