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
 * @param tlsPolicies {@code smtp_tls_policy_maps}
 * @param tlsPerSite {@code smtp_tls_per_site}
 * @param statusFilter {@code smtp_delivery_status_filter}
 */
public record SmtpTables(
    List<LookupTable> passwords,
    AddressLookup generic,
    List<LookupTable> tlsPolicies,
    List<LookupTable> tlsPerSite,
    List<LookupTable> statusFilter) {
  public SmtpTables {
    passwords = List.copyOf(passwords);
    tlsPolicies = List.copyOf(tlsPolicies);
    tlsPerSite = List.copyOf(tlsPerSite);
    statusFilter = List.copyOf(statusFilter);
  }

  /** Opens the tables that the configuration names. */
  public static SmtpTables open(ClientConfig config, Tables tables) throws ConfigException {
    return new SmtpTables(
        open(config, tables, "smtp_sasl_password_maps"),
        AddressLookup.of(
            config.dialect().parameter("smtp_generic_maps"),
            config.list("smtp_generic_maps"),
            tables::open,
            AddressRules.of(
                config.main(),
                new LocalDomains(config.main(), tables::open),
                new Rewriter(config.main()))),
        open(config, tables, "smtp_tls_policy_maps"),
        open(config, tables, "smtp_tls_per_site"),
        open(config, tables, "smtp_delivery_status_filter"));
  }

  private static List<LookupTable> open(ClientConfig config, Tables tables, String parameter)
      throws ConfigException {
    List<String> specs = config.list(parameter);
    return specs.isEmpty() ? List.of() : List.of(tables.chain(specs));
  }
}
