package dev.postrider.migrate;

import dev.postrider.migrate.MsmtpFile.Value;
import java.util.Locale;
import java.util.Set;

/** The login of an account of msmtp(1). For one account. */
final class MsmtpLogin {
  /** What an account without a login has no use for. */
  static final Set<String> COMMANDS = Set.of("user", "password", "passwordeval");

  private static final Set<String> MECHANISMS =
      Set.of("plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256");

  private final Migration migration;
  private final MsmtpCommands commands;
  private final String key;

  /**
   * The login of an account.
   *
   * @param key in the password table
   */
  MsmtpLogin(Migration migration, MsmtpCommands commands, String key) {
    this.migration = migration;
    this.commands = commands;
    this.key = key;
  }

  /** Writes the login of the default account, if it has one. */
  void write(Relay relay) {
    write(relay, true);
  }

  /** Writes that of another account, which leaves what counts for all servers as it is. */
  void writeBeside(Relay relay) {
    write(relay, false);
  }

  private void write(Relay relay, boolean first) {
    Value auth = commands.find("auth");
    String user = commands.value("user");
    if (auth == null || auth.isOff()) {
      if (auth != null) {
        migration.same(auth.place(), commands.said("auth"), "no login");
      }
      return;
    }
    String method = auth.value().toLowerCase(Locale.ROOT);
    if (!auth.isOn()) {
      if (!MECHANISMS.contains(method)) {
        migration.impossible(
            auth.place(),
            commands.said("auth"),
            "Postrider has no such mechanism (it has "
                + String.join(", ", MECHANISMS.stream().sorted().toList())
                + "; most providers give out a password for programs that works with plain)");
        return;
      }
      mechanism(auth, method, first);
    }
    // Where msmtp was told to send a password in clear text it does.
    boolean clearText = method.equals("plain") || method.equals("login");
    if (clearText
        && relay.protection() == Relay.Protection.NONE
        && Relay.forbidsClearText(migration)) {
      migration.impossible(
          auth.place(),
          commands.said("auth"),
          "smtp_sasl_security_options is for all servers, and keeps the password of another account"
              + " from going in clear text (use TLS for this account)");
    }
    relay.writeSecurityOptions(migration, clearText);
    password(user);
  }

  private void mechanism(Value auth, String method, boolean first) {
    String filter = "smtp_sasl_mechanism_filter";
    String said = commands.said("auth");
    if (first) {
      migration.understood(auth.place(), said, filter, method);
    } else if (!method.equals(migration.settings().get(filter))) {
      migration.differs(
          auth.place(),
          said,
          filter
              + " is for all servers, and is left "
              + (migration.has(filter) ? migration.settings().get(filter) : "empty")
              + " (if this login fails, name there what both servers need)");
    }
  }

  private void password(String user) {
    Value password = commands.find("password");
    Value command = commands.find("passwordeval");
    Place place = commands.place("user");
    if (password != null && !password.value().isEmpty()) {
      migration.login(password.place(), new Password(key, user, password.value()));
      return;
    }
    migration.set("smtp_sasl_auth_enable", "yes");
    migration.set("smtp_sasl_password_maps", Migration.table(Migration.PASSWORDS));
    migration.impossible(
        command == null ? place : command.place(),
        command == null ? "user " + user + " without a password" : "passwordeval ...",
        (command == null
                ? "msmtp takes it from a key ring, ~/.netrc or the terminal"
                : "the command is not run, and Postrider works when nobody is logged in")
            + ": write a line \""
            + key
            + " "
            + user
            + ":PASSWORD\" into "
            + Migration.PASSWORDS
            + " in the configuration directory, mode 0600");
  }
}
