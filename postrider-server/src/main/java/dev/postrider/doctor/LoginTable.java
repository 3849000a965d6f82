package dev.postrider.doctor;

import dev.postrider.config.ConfigException;
import dev.postrider.secret.SecretLogin;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Tables;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;

/** Under which name smtp_sasl_password_maps log in; never a password. Safe on any thread. */
final class LoginTable {
  private final Subject subject;
  private final Tables tables;

  LoginTable(Subject subject, Tables tables) {
    this.subject = subject;
    this.tables = tables;
  }

  /**
   * The account's name at a server.
   *
   * @return empty if there is no entry
   * @throws AccessDeniedException if the caller may not read the table
   * @throws ConfigException if it cannot be read
   */
  Optional<String> user(RelayHost relay) throws AccessDeniedException, ConfigException {
    List<LookupTable> all = tables.openAll(subject.config().list("smtp_sasl_password_maps"));
    // As the client looks: the host, then the destination as it is written.
    List<String> keys =
        relay.login().isEmpty()
            ? List.of(relay.host(), relay.written())
            : List.of(relay.login() + "@" + relay.written(), relay.login());
    for (String key : keys) {
      for (LookupTable table : all) {
        switch (table.lookup(key)) {
          case Lookup.Found(String value) -> {
            return user(value, table.namesSecrets());
          }
          case Lookup.Unavailable(String reason) -> {
            if (reason.contains("ermission denied")) {
              throw new AccessDeniedException(subject.config().text("smtp_sasl_password_maps"));
            }
            throw new ConfigException(reason);
          }
          case Lookup.NotFound _ -> {}
        }
      }
    }
    return Optional.empty();
  }

  /** From {@code user:password}, or from {@code user source} where the secret is elsewhere. */
  private static Optional<String> user(String value, boolean namesSecrets) throws ConfigException {
    if (namesSecrets) {
      return Optional.of(SecretLogin.parse(value).user());
    }
    int colon = value.indexOf(':');
    String user = colon < 0 ? value : value.substring(0, colon);
    return user.isEmpty() ? Optional.empty() : Optional.of(user);
  }
}
