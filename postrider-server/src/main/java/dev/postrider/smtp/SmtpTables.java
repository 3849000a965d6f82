package dev.postrider.smtp;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Tables;
import java.util.List;

/**
 * The opened lookup tables of the client, each list searched in order. Immutable.
 *
 * @param passwords {@code smtp_sasl_password_maps}
 * @param generic {@code smtp_generic_maps}
 * @param tlsPolicies {@code smtp_tls_policy_maps}
 */
public record SmtpTables(
    List<LookupTable> passwords, List<LookupTable> generic, List<LookupTable> tlsPolicies) {
  public static final SmtpTables NONE = new SmtpTables(List.of(), List.of(), List.of());

  public SmtpTables {
    passwords = List.copyOf(passwords);
    generic = List.copyOf(generic);
    tlsPolicies = List.copyOf(tlsPolicies);
  }

  /** Opens the tables that the configuration names. */
  public static SmtpTables open(Config config, Tables tables) throws ConfigException {
    return new SmtpTables(
        open(config, tables, "smtp_sasl_password_maps"),
        open(config, tables, "smtp_generic_maps"),
        open(config, tables, "smtp_tls_policy_maps"));
  }

  private static List<LookupTable> open(Config config, Tables tables, String parameter)
      throws ConfigException {
    List<String> specs = config.list(parameter);
    return specs.isEmpty() ? List.of() : List.of(tables.chain(specs));
  }
}
