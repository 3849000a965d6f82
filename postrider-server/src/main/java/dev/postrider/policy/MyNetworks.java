package dev.postrider.policy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.table.TableSource;
import java.net.InetAddress;

/** mynetworks: the clients that may relay. Immutable; safe on any thread. */
public final class MyNetworks {
  private final PatternList list;

  private MyNetworks(PatternList list) {
    this.list = list;
  }

  public static MyNetworks of(Config config, TableSource tables) throws ConfigException {
    return new MyNetworks(
        PatternList.of(
            "mynetworks",
            config.list("mynetworks"),
            tables,
            config.list("parent_domain_matches_subdomains").contains("mynetworks")));
  }

  /**
   * Whether this client is one of ours. A table that cannot answer means no: a stranger is refused
   * for now rather than let through.
   *
   * @param name its verified name, or {@code unknown}
   */
  public boolean contains(String name, InetAddress address) {
    return list.matchesHost(name, address) == PatternList.Match.YES;
  }
}
