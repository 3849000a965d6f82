package dev.postrider.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.TextParseException;

/**
 * Which names are asked for in place of one without a final dot ({@code
 * smtp_dns_resolver_options}): usually it alone. Immutable.
 *
 * @param names whether a name without a dot gets the machine's own domain ({@code res_defnames})
 * @param domains whether a name with dots is also sought in the domains that the machine searches
 *     ({@code res_dnsrch})
 */
public record NameCompletion(boolean names, boolean domains) {
  /** No name is completed. */
  public static final NameCompletion NONE = new NameCompletion(false, false);

  /** Reads the words of the parameter; others are left to whoever checks main.cf. */
  public static NameCompletion parse(List<String> words) {
    boolean names = false;
    boolean domains = false;
    for (String word : words) {
      switch (word.toLowerCase(Locale.ROOT)) {
        case "res_defnames" -> names = true;
        case "res_dnsrch" -> domains = true;
        default -> {}
      }
    }
    return new NameCompletion(names, domains);
  }

  /**
   * The names to ask for, in order: what resolver(5) says of search and ndots.
   *
   * @param search the domains of the machine's resolv.conf
   * @throws TextParseException if the name itself can be none
   */
  List<Name> candidates(String host, List<Name> search, int ndots) throws TextParseException {
    Name asIs = Name.fromString(host, Name.root);
    int dots = (int) host.chars().filter(c -> c == '.').count();
    boolean completes = !host.endsWith(".") && (dots == 0 ? names : domains);
    if (!completes) {
      return List.of(asIs);
    }
    List<Name> candidates = new ArrayList<>();
    if (dots >= ndots) {
      candidates.add(asIs);
    }
    for (Name domain : domains ? search : search.subList(0, Math.min(1, search.size()))) {
      try {
        candidates.add(Name.concatenate(Name.fromString(host), domain));
      } catch (NameTooLongException _) {
        // There can be no such name.
      }
    }
    if (dots < ndots) {
      candidates.add(asIs);
    }
    return candidates;
  }
}
