package dev.postrider.doctor;

import dev.postrider.config.ConfigException;
import dev.postrider.table.Lookup;
import dev.postrider.table.Tables;
import java.nio.file.AccessDeniedException;
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
    // As the client looks: the host, then the destination as it is written.
    for (String key : new String[] {relay.host(), relay.written()}) {
      switch (tables.chain(subject.config().list("smtp_sasl_password_maps")).lookup(key)) {
        case Lookup.Found(String value) -> {
          int colon = value.indexOf(':');
          String user = colon < 0 ? value : value.substring(0, colon);
          return user.isEmpty() ? Optional.empty() : Optional.of(user);
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
    return Optional.empty();
  }
}
