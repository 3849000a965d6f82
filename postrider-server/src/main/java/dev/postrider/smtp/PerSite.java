package dev.postrider.smtp;

import dev.postrider.smtp.TlsRuleParser.BadRuleException;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.tls.TlsLevel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The old {@code smtp_tls_per_site}: tables of next hops and of servers with the words NONE, MAY,
 * MUST_NOPEERMATCH and MUST. Counts only where there is no {@code smtp_tls_policy_maps}. Safe on
 * any thread.
 */
record PerSite(List<LookupTable> tables, String parameter) {
  /** The level that counts for a server, from what its next hop and its own name have. */
  TlsLevel level(Target target, TlsLevel general) throws BadRuleException {
    Optional<TlsLevel> found = merge(Optional.empty(), target.site().written());
    if (!target.host().equalsIgnoreCase(target.site().written())) {
      found = merge(found, target.host());
    }
    // A MAY for somebody is no reason to ask for less than main.cf asks of everybody.
    return found.isEmpty() || (found.get() == TlsLevel.MAY && general.isMandatory())
        ? general
        : found.get();
  }

  /** Of two entries the stricter counts, except that NONE is more than MAY. */
  private Optional<TlsLevel> merge(Optional<TlsLevel> before, String key) throws BadRuleException {
    Optional<TlsLevel> found = find(key);
    if (before.isEmpty() || found.isEmpty()) {
      return before.or(() -> found);
    }
    TlsLevel one = before.get();
    TlsLevel other = found.get();
    if (one.isMandatory() || other.isMandatory()) {
      return one.compareTo(other) >= 0 ? before : found;
    }
    return one == TlsLevel.NONE ? before : found;
  }

  private Optional<TlsLevel> find(String key) throws BadRuleException {
    for (LookupTable table : tables) {
      switch (table.lookup(key)) {
        case Lookup.Found(var value) -> {
          return Optional.of(
              switch (value.strip().toUpperCase(Locale.ROOT)) {
                case "NONE" -> TlsLevel.NONE;
                case "MAY" -> TlsLevel.MAY;
                case "MUST_NOPEERMATCH" -> TlsLevel.ENCRYPT;
                case "MUST" -> TlsLevel.VERIFY;
                default ->
                    throw new BadRuleException(
                        parameter
                            + ": unknown TLS policy '"
                            + value
                            + "' for "
                            + key
                            + " (use NONE, MAY, MUST_NOPEERMATCH or MUST)");
              });
        }
        case Lookup.Unavailable(var reason) ->
            throw new BadRuleException(parameter + ": table lookup error: " + reason);
        case Lookup.NotFound _ -> {}
      }
    }
    return Optional.empty();
  }
}
