package dev.postrider.smtp;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Which services are found by SRV records ({@code use_srv_lookup}), and what happens without one.
 * Immutable.
 *
 * @param names lower case
 * @param usual the service of a next hop that names none
 * @param fallsBack whether a domain without such records is looked up as others are
 * @param ignoresErrors whether one whose records cannot be looked up is, too
 */
record Services(Set<String> names, String usual, boolean fallsBack, boolean ignoresErrors) {
  Services {
    names = Set.copyOf(names);
  }

  static Services of(ClientConfig config) {
    Set<String> names = new HashSet<>();
    for (String word : config.main().list("use_srv_lookup")) {
      names.add(word.toLowerCase(Locale.ROOT));
    }
    return new Services(
        DnsSupport.of(config).usesMx() ? names : Set.of(),
        config.text("smtp_tcp_port"),
        config.main().flag("allow_srv_lookup_fallback"),
        config.main().flag("ignore_srv_lookup_error"));
  }

  /** Whether the servers of a next hop are found this way. */
  boolean include(Site site) {
    return !names.isEmpty() && names.contains(service(site).toLowerCase(Locale.ROOT));
  }

  /** The service that a next hop names. */
  String service(Site site) {
    int colon = site.written().lastIndexOf(':');
    return site.direct() || colon < 0 ? usual : site.written().substring(colon + 1);
  }
}
