package dev.postrider.smtp;

import dev.postrider.config.ConfigException;
import dev.postrider.route.AddressRules;
import dev.postrider.route.LocalDomains;
import dev.postrider.route.Rewriter;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Tables;
import java.util.List;

/**
 * The opened lookup tables of the client, each list searched in order. Immutable.
 *
 * @param passwords {@code smtp_sasl_password_maps}
 * @param generic {@code smtp_generic_maps}
 * @param senders {@code postrider_relay_sender_maps}; none for LMTP, which relays to nobody
 * @param limits {@code postrider_account_limit_maps}; none for LMTP
 * @param tlsPolicies {@code smtp_tls_policy_maps}
 * @param tlsPerSite {@code smtp_tls_per_site}
 * @param statusFilter {@code smtp_delivery_status_filter}
 * @param wire what changes single sessions
 */
public record SmtpTables(
    List<LookupTable> passwords,
    AddressLookup generic,
    AddressLookup senders,
    List<LookupTable> limits,
    List<LookupTable> tlsPolicies,
    List<LookupTable> tlsPerSite,
    List<LookupTable> statusFilter,
    WireTables wire) {
  public SmtpTables {
    passwords = List.copyOf(passwords);
    limits = List.copyOf(limits);
    tlsPolicies = List.copyOf(tlsPolicies);
    tlsPerSite = List.copyOf(tlsPerSite);
    statusFilter = List.copyOf(statusFilter);
  }

  /** Opens the tables that the configuration names. */
  public static SmtpTables open(ClientConfig config, Tables tables) throws ConfigException {
    AddressLookup.Rules rules =
        AddressRules.of(
            config.main(),
            new LocalDomains(config.main(), tables::open),
            new Rewriter(config.main()));
    return new SmtpTables(
        // One by one: what an answer means depends on its table.
        tables.openAll(config.list("smtp_sasl_password_maps")),
        AddressLookup.of(
            config.dialect().parameter("smtp_generic_maps"),
            config.list("smtp_generic_maps"),
            tables::open,
            rules),
        AddressLookup.of(
            "postrider_relay_sender_maps",
            config.dialect() == Dialect.SMTP
                ? config.list("postrider_relay_sender_maps")
                : List.of(),
            tables::open,
            rules),
        config.dialect() == Dialect.SMTP
            ? tables.openAll(config.list(LimitTables.PARAMETER))
            : List.of(),
        open(config, tables, "smtp_tls_policy_maps"),
        open(config, tables, "smtp_tls_per_site"),
        open(config, tables, "smtp_delivery_status_filter"),
        WireTables.open(config, tables));
  }

  private static List<LookupTable> open(ClientConfig config, Tables tables, String parameter)
      throws ConfigException {
    List<String> specs = config.list(parameter);
    return specs.isEmpty() ? List.of() : List.of(tables.chain(specs));
  }
}
