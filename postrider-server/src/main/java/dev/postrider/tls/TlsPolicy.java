package dev.postrider.tls;

import java.util.List;

/**
 * What TLS must give for one destination. Immutable.
 *
 * @param level the protection asked for
 * @param protocols the protocol versions to offer, JSSE's names; never empty unless {@code level}
 *     is NONE
 * @param ciphers the cipher suites to offer
 * @param match certificate names wanted: {@code hostname}, {@code nexthop}, {@code dot-nexthop}, a
 *     name, or {@code .domain}
 * @param pins the certificates and keys that are trusted instead of the usual authorities; may be
 *     empty
 * @param serverName name to send in SNI: {@code hostname}, {@code nexthop} or a name; empty for the
 *     host name
 * @param reuse whether the connection may carry further messages
 * @param sts what MTA-STS has to do with it
 */
public record TlsPolicy(
    TlsLevel level,
    List<String> protocols,
    CipherChoice ciphers,
    List<String> match,
    Pins pins,
    String serverName,
    boolean reuse,
    StsUse sts) {
  public TlsPolicy {
    protocols = List.copyOf(protocols);
    match = List.copyOf(match);
  }

  /** The same policy, with what MTA-STS has to do with it. */
  public TlsPolicy withSts(StsUse use) {
    return new TlsPolicy(level, protocols, ciphers, match, pins, serverName, reuse, use);
  }

  /** The same policy with another level, as a retry in clear text needs. */
  public TlsPolicy withLevel(TlsLevel newLevel) {
    return new TlsPolicy(newLevel, protocols, ciphers, match, pins, serverName, reuse, sts);
  }
}
