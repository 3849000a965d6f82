package dev.postrider.migrate;

import dev.postrider.migrate.MsmtpFile.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What one account of msmtp(1) comes to. For one account. */
final class MsmtpAccount {
  private static final int SMTP = 25;
  private static final int SMTPS = 465;

  private final Sources sources;
  private final Migration migration;
  private final String name;
  private final MsmtpCommands commands;

  MsmtpAccount(Sources sources, Migration migration, String name, MsmtpCommands commands) {
    this.sources = sources;
    this.migration = migration;
    this.name = name;
    this.commands = commands;
  }

  /** Writes the account that mail goes by unless another fits its sender. */
  void writeDefault() {
    Optional<Relay> relay = relay();
    if (relay.isEmpty()) {
      return;
    }
    relay.get().write(migration, commands.place("host"), commands.said("host") + port());
    new MsmtpTls(sources, migration, commands).write(relay.get());
    new MsmtpLogin(migration, commands, relay.get().nextHop()).write(relay.get());
    new MsmtpSender(migration, commands).write();
    aliases();
    commands.unused(new MsmtpRest(migration, commands)::write);
  }

  private String port() {
    return commands.has("port") ? ", " + commands.said("port") : "";
  }

  /**
   * Writes an account for the mail of one sender.
   *
   * @param main the account that mail goes by otherwise
   */
  void writeOther(MsmtpCommands main) {
    Relay.Protection common = MsmtpTls.protection(main);
    Optional<Relay> relay = relay();
    String from = commands.value("from");
    Place place = commands.place("host");
    String said = "account " + name;
    if (relay.isEmpty()) {
      return;
    }
    if (!Address.isAddress(from)
        || from.indexOf('*') >= 0
        || from.indexOf('?') >= 0
        || from.indexOf('%') >= 0) {
      migration.impossible(
          place,
          said,
          "it has no \"from\" that names one sender, so nothing tells which mail is its: send with"
              + " another account, or give it one");
      return;
    }
    if (relay.get().protection().wrapped() != common.wrapped()) {
      migration.impossible(
          place,
          said,
          "one account uses TLS from the beginning and the other STARTTLS; all connections are alike"
              + " here (use STARTTLS, usually port 587, for both)");
      return;
    }
    migration.set("sender_dependent_relayhost_maps", Migration.table("sender_relay"));
    migration.line("sender_relay", from + " " + relay.get().nextHop());
    migration.same(place, said, "sender_relay: " + from + " " + relay.get().nextHop());
    if (relay.get().protection() != common) {
      migration.set("smtp_tls_policy_maps", Migration.table("tls_policy"));
      migration.line("tls_policy", relay.get().nextHop() + " " + relay.get().protection().level());
      new MsmtpTls(sources, migration, commands).writeBeside(relay.get());
    }
    migration.set("smtp_sender_dependent_authentication", "yes");
    new MsmtpLogin(migration, commands, from).writeBeside(relay.get());
    commands.unused((command, value) -> {
      if (!MsmtpLogin.COMMANDS.contains(command) && !value.value().equals(main.value(command))) {
        migration.impossible(
            value.place(),
            said + ": " + command + " ...",
            "with msmtp it is for this account only; here all mail has what the account that mail"
                + " goes by otherwise says");
      }
    });
  }

  private Optional<Relay> relay() {
    String host = commands.value("host");
    Place place = commands.place("host");
    if (!commands.value("socket").isEmpty() || !commands.value("proxy_host").isEmpty()) {
      String command = commands.value("socket").isEmpty() ? "proxy_host" : "socket";
      migration.impossible(
          commands.place(command),
          commands.said(command),
          "Postrider connects by TCP and without a proxy (name a server that it can reach)");
      return Optional.empty();
    }
    if (!Relay.isHost(host)) {
      migration.impossible(
          place,
          host.isEmpty() ? "account " + name : commands.said("host"),
          host.isEmpty() ? "the account has no host" : "this is no name of a host");
      return Optional.empty();
    }
    if (commands.value("protocol").equals("lmtp")) {
      migration.impossible(
          commands.place("protocol"),
          commands.said("protocol"),
          "mail for a provider goes by SMTP; for a mailbox server here, see docs/mailboxes.md");
      return Optional.empty();
    }
    Relay.Protection protection = MsmtpTls.protection(commands);
    String port = commands.value("port");
    int number = port.isEmpty() ? protection.wrapped() ? SMTPS : SMTP : namedPort(port);
    if (number == 0) {
      migration.impossible(commands.place("port"), commands.said("port"), "this is no port");
      return Optional.empty();
    }
    return Optional.of(new Relay(host, number, protection));
  }

  private static int namedPort(String port) {
    return switch (port) {
      case "smtp" -> SMTP;
      case "smtps", "submissions" -> SMTPS;
      case "submission" -> 587;
      default -> Relay.port(port);
    };
  }

  private void aliases() {
    Value aliases = commands.find("aliases");
    if (aliases == null || aliases.value().isEmpty()) {
      return;
    }
    Path file =
        aliases.value().startsWith("/")
            ? sources.at(aliases.value())
            : Path.of(sources.expanded(aliases.value()));
    try {
      Optional<List<Sources.Line>> lines = sources.statements(file, migration);
      if (lines.isEmpty()) {
        migration.impossible(aliases.place(), commands.said("aliases"), "the file is not there");
        return;
      }
      migration.same(aliases.place(), commands.said("aliases"), "as the table virtual");
      NameTable.read(lines.get(), migration);
    } catch (ForeignFileException e) {
      migration.impossible(
          aliases.place(), commands.said("aliases"), String.valueOf(e.getMessage()));
    }
  }
}
