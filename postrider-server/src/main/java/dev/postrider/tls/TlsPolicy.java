package dev.postrider.tls;

import java.util.List;

/**
 * What TLS must give for one destination. Immutable.
 *
 * @param level the protection asked for
 * @param protocols the protocol versions to offer, JSSE's names; never empty unless {@code level}
 *     is NONE
 * @param excludedCiphers words that name cipher suites or parts of them
 * @param match certificate names wanted: {@code hostname}, {@code nexthop}, {@code dot-nexthop}, a
 *     name, or {@code .domain}
 * @param serverName name to send in SNI: {@code hostname}, {@code nexthop} or a name; empty for the
 *     host name
 */
public record TlsPolicy(
    TlsLevel level,
    List<String> protocols,
    List<String> excludedCiphers,
    List<String> match,
    String serverName) {
  public TlsPolicy {
    protocols = List.copyOf(protocols);
    excludedCiphers = List.copyOf(excludedCiphers);
    match = List.copyOf(match);
  }

  /** The same policy with another level, as a retry in clear text needs. */
  public TlsPolicy withLevel(TlsLevel newLevel) {
    return new TlsPolicy(newLevel, protocols, excludedCiphers, match, serverName);
  }
}
