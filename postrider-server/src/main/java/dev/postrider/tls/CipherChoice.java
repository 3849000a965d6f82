package dev.postrider.tls;

import java.util.ArrayList;
import java.util.List;

/**
 * Which cipher suites to offer, in OpenSSL's language (ciphers(1)). Immutable. What this Java does
 * not offer cannot be chosen, and the suites of TLS 1.3 are always offered, as OpenSSL does it.
 *
 * @param list such as {@code HIGH:!aNULL:@STRENGTH}; empty for all that this Java offers
 * @param excluded names of suites or of kinds of suites, such as {@code DHE} or {@code aRSA+AES128}
 */
public record CipherChoice(String list, List<String> excluded) {
  /** All that this Java offers. */
  public static final CipherChoice ALL = new CipherChoice("", List.of());

  public CipherChoice {
    excluded = List.copyOf(excluded);
  }

  /**
   * The suites that are chosen, in the order in which they are given.
   *
   * @param offered JSSE's names
   */
  List<String> from(List<String> offered) {
    if (list.isEmpty() && excluded.isEmpty()) {
      return offered;
    }
    CipherList chosen = new CipherList(offered);
    chosen.apply(list.isEmpty() ? "ALL:eNULL" : list);
    for (String word : excluded) {
      chosen.apply("!" + word);
    }
    List<String> kept = new ArrayList<>();
    for (String suite : offered) {
      if (chosen.contains(suite)) {
        kept.add(suite);
      }
    }
    return kept;
  }
}
