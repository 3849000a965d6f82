package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.table.DomainList;
import dev.postrider.table.TableSource;
import java.util.Locale;

/**
 * The domains that are this machine itself: mydestination, and its own addresses in brackets (RFC
 * 5321 §4.1.3). Immutable and safe on any thread.
 */
public final class LocalDomains {
  private static final DomainList.Match YES = new DomainList.Yes();

  private final String origin;
  private final DomainList destinations;
  private final OwnAddresses ownAddresses;

  /** Reads the settings and opens the tables that mydestination names. */
  public LocalDomains(Config config, TableSource tables) {
    this.origin = config.text("myorigin");
    this.destinations =
        DomainList.of(
            "mydestination", config.list("mydestination"), DomainList.Style.EXACT, tables);
    this.ownAddresses = new OwnAddresses(config);
  }

  /** Whether mail for this domain ends here; a dot at its end counts for nothing. */
  public DomainList.Match match(String domain) {
    String name = domain.toLowerCase(Locale.ROOT);
    if (name.length() > 1 && name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return ownAddresses.contains(name) ? YES : destinations.match(name);
  }

  /** Whether tables may have an entry without a domain for it: the domains above, and myorigin. */
  public DomainList.Match matchOrOrigin(String domain) {
    return domain.equalsIgnoreCase(origin) ? YES : match(domain);
  }
}
