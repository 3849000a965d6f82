package dev.postrider.smtp;

import dev.postrider.config.ConfigException;
import dev.postrider.sasl.Credentials;
import dev.postrider.secret.SecretLogin;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The logins of {@code smtp_sasl_password_maps}. Safe on any thread. */
final class Passwords {
  /** What the tables say. */
  sealed interface Answer {
    record Found(Credentials credentials) implements Answer {}

    /** A login whose secret is elsewhere. */
    record Named(SecretLogin login) implements Answer {}

    record None() implements Answer {}

    record Unavailable(String reason) implements Answer {}

    /** A login that the next hop names is not there: nothing is sent without it. */
    record Missing(String reason) implements Answer {}
  }

  private final List<LookupTable> tables;
  private final boolean bySender;

  private final String delimiter;

  /**
   * @param delimiter between the name and the password in an answer
   */
  Passwords(List<LookupTable> tables, boolean bySender, String delimiter) {
    this.delimiter = delimiter;
    this.tables = tables;
    this.bySender = bySender;
  }

  /**
   * Looks for the login of a session.
   *
   * @param sender envelope sender, empty for the null sender
   * @param host the server's name
   * @param site the next hop as configured; a login that it names is the only one it gets
   */
  Answer find(String sender, String host, Site site) {
    if (!site.login().isEmpty()) {
      return named(site);
    }
    if (bySender && !sender.isEmpty()) {
      Answer answer = bySender(sender);
      if (!(answer instanceof Answer.None)) {
        return answer;
      }
    }
    Answer answer = lookup(host);
    return answer instanceof Answer.None ? lookup(site.written()) : answer;
  }

  private Answer named(Site site) {
    Answer answer = lookup(site.whole());
    answer = answer instanceof Answer.None ? lookup(site.login()) : answer;
    return answer instanceof Answer.None
        ? new Answer.Missing(
            "there is no password for "
                + site.login()
                + ", which the next hop "
                + site.whole()
                + " names")
        : answer;
  }

  private Answer bySender(String sender) {
    Answer answer = lookup(sender);
    int at = sender.lastIndexOf('@');
    return answer instanceof Answer.None && at >= 0 ? lookup(sender.substring(at)) : answer;
  }

  private Answer lookup(String key) {
    for (LookupTable table : tables) {
      switch (table.lookup(key)) {
        case Lookup.Found(var value) when table.namesSecrets() -> {
          return named(table, value);
        }
        case Lookup.Found(var value) -> {
          Credentials credentials = parse(value);
          return credentials == null ? new Answer.None() : new Answer.Found(credentials);
        }
        case Lookup.Unavailable(var reason) -> {
          return new Answer.Unavailable(reason);
        }
        case Lookup.NotFound _ -> {}
      }
    }
    return new Answer.None();
  }

  private static Answer named(LookupTable table, String value) {
    try {
      return new Answer.Named(SecretLogin.parse(value));
    } catch (ConfigException e) {
      return new Answer.Unavailable(table.name() + ": " + e.getMessage());
    }
  }

  /** {@code user:password}; the password may have colons; no user means no login here. */
  private @Nullable Credentials parse(String value) {
    int colon = value.indexOf(delimiter);
    String user = colon < 0 ? value : value.substring(0, colon);
    return user.isEmpty()
        ? null
        : new Credentials(user, colon < 0 ? "" : value.substring(colon + delimiter.length()));
  }
}
