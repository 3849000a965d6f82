package dev.postrider.smtp;

import java.util.List;

/**
 * For which next hops connections rest until the next message comes: all, or those of
 * smtp_connection_cache_destinations. Immutable.
 */
final class KeptDestinations {
  private final boolean all;
  private final List<String> names;

  private KeptDestinations(boolean all, List<String> names) {
    this.all = all;
    this.names = List.copyOf(names);
  }

  static KeptDestinations of(ClientConfig config) {
    List<String> names = config.list("smtp_connection_cache_destinations");
    // A file or a table may hold anything; to keep a connection too many is no harm.
    boolean more = names.stream().anyMatch(name -> name.startsWith("/") || name.indexOf(':') > 0);
    return new KeptDestinations(more || config.flag("smtp_connection_cache_on_demand"), names);
  }

  /**
   * Whether they rest.
   *
   * @param destination as a route has it; of several hosts the first counts
   */
  boolean has(String destination) {
    return all || names.stream().anyMatch(nameOf(destination)::equalsIgnoreCase);
  }

  /** Without brackets and port, as the list has it. */
  private static String nameOf(String destination) {
    if (destination.startsWith(Delivery.UNIX)) {
      return destination.substring(Delivery.UNIX.length());
    }
    String first = Site.split(destination).stream().findFirst().orElse(destination);
    String host = first.startsWith(Delivery.INET) ? first.substring(Delivery.INET.length()) : first;
    return Site.parse(host, 25).map(Site::host).orElse(host);
  }
}
