package dev.postrider.migrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The configuration of ssmtp(8): ssmtp.conf and revaliases. For one reading. */
final class SsmtpConfig {
  private static final int SMTP = 25;
  private static final int FIRST_USER = 1000;

  private final Sources sources;
  private final Migration migration = new Migration();
  private final Path file;
  private final NamedSettings settings;

  SsmtpConfig(Sources sources) {
    this.sources = sources;
    this.file = sources.file("/etc/ssmtp", "ssmtp.conf");
    this.settings = new NamedSettings(file);
  }

  Optional<Migration> read() throws ForeignFileException {
    Optional<List<Sources.Line>> lines = sources.statements(file, migration);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    for (Sources.Line line : lines.get()) {
      int equal = line.text().indexOf('=');
      if (equal <= 0) {
        migration.unknown(line.place(), "a line without \"name=value\"");
        continue;
      }
      settings.put(
          line.text().substring(0, equal).strip().toLowerCase(Locale.ROOT),
          line.place(),
          line.text().substring(equal + 1).strip());
    }
    Optional<Relay> relay = relay();
    if (relay.isEmpty()) {
      return Optional.of(migration);
    }
    NoLocalMail.write(migration, settings.whole(), "ssmtp");
    NoLocalMail.sendsAtOnce(migration, settings.whole(), "ssmtp");
    login(relay.get());
    names();
    root();
    aliases(relay.get());
    settings.forEach(this::rest);
    return Optional.of(migration);
  }

  private boolean isYes(String name) {
    return settings.value(name).equalsIgnoreCase("yes");
  }

  private Optional<Relay> relay() {
    String hub = settings.has("mailhub") ? settings.value("mailhub") : "mailhub";
    Optional<Relay> relay = server(hub);
    if (relay.isEmpty()) {
      migration.impossible(
          settings.place("mailhub"), "mailhub=" + hub, "this is no host or host:port");
      return relay;
    }
    relay.get().write(migration, settings.place("mailhub"), "mailhub=" + hub);
    String tls = settings.has("usestarttls") ? "usestarttls" : "usetls";
    relay
        .get()
        .writeProtection(
            migration,
            settings.place(tls),
            settings.has(tls) ? tls + "=" + settings.value(tls) : "no UseTLS");
    if (relay.get().protection() != Relay.Protection.NONE) {
      migration.differs(
          settings.place(tls),
          tls + "=" + settings.value(tls),
          "as with ssmtp, nobody checks that the server is the right one: smtp_tls_security_level ="
              + " secure with smtp_tls_CAfile does");
    }
    return relay;
  }

  /** A server as mailhub and revaliases name it. */
  private Optional<Relay> server(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    int port = colon < 0 ? SMTP : Relay.port(text.substring(colon + 1).strip());
    if (port == 0 || !Relay.isHost(host.strip())) {
      return Optional.empty();
    }
    // UseSTARTTLS includes UseTLS.
    Relay.Protection protection =
        isYes("usestarttls")
            ? Relay.Protection.STARTTLS
            : isYes("usetls") ? Relay.Protection.WRAPPED : Relay.Protection.NONE;
    return Optional.of(new Relay(host.strip(), port, protection));
  }

  private void login(Relay relay) {
    String user = settings.value("authuser");
    if (user.isEmpty()) {
      return;
    }
    relay.writeSecurityOptions(migration, relay.protection() == Relay.Protection.NONE);
    if (relay.protection() == Relay.Protection.NONE) {
      migration.differs(
          settings.place("authpass"),
          "AuthPass without UseTLS",
          "as before, the password goes over the net in clear text: smtp_tls_security_level ="
              + " encrypt, if the server has TLS");
    }
    migration.login(
        settings.place("authpass"),
        new Password(relay.nextHop(), user, settings.value("authpass")));
    if (settings.value("authmethod").equalsIgnoreCase("cram-md5")) {
      migration.understood(
          settings.place("authmethod"),
          "AuthMethod=cram-md5",
          "smtp_sasl_mechanism_filter",
          "cram-md5");
    } else if (settings.value("authmethod").equalsIgnoreCase("login")) {
      migration.understood(
          settings.place("authmethod"), "AuthMethod=login", "smtp_sasl_mechanism_filter", "login");
    }
  }

  private void names() {
    name("hostname", "myhostname");
    name("rewritedomain", "myorigin");
    if (isYes("fromlineoverride")) {
      migration.same(
          settings.place("fromlineoverride"),
          "FromLineOverride=YES",
          "a From: header is left as it is");
    } else {
      migration.differs(
          settings.place("fromlineoverride"),
          settings.has("fromlineoverride")
              ? "FromLineOverride=" + settings.value("fromlineoverride")
              : "no FromLineOverride",
          "a From: header that a program wrote is left as it is; only what is missing is completed");
    }
  }

  private void name(String setting, String parameter) {
    if (settings.value(setting).isEmpty()) {
      return;
    }
    if (Address.isDomain(settings.value(setting))) {
      migration.understood(
          settings.place(setting),
          setting + "=" + settings.value(setting),
          parameter,
          settings.value(setting));
    } else {
      migration.impossible(
          settings.place(setting), setting + "=" + settings.value(setting), "this is no domain");
    }
  }

  /** Mail for system accounts goes to one person. */
  private void root() throws ForeignFileException {
    String target = settings.value("root");
    if (target.isEmpty()) {
      return;
    }
    if (!Address.isAddress(target) && !Address.isName(target)) {
      migration.impossible(settings.place("root"), "root=" + target, "this is no address");
      return;
    }
    if (target.equals("root")) {
      return;
    }
    int count = 0;
    for (Sources.Line line :
        sources.lines(sources.at("/etc/passwd"), migration).orElse(List.of())) {
      String[] fields = line.text().split(":", -1);
      if (fields.length > 2
          && fields[2].matches("[0-9]{1,9}")
          && Integer.parseInt(fields[2]) < FIRST_USER
          && Address.isName(fields[0])
          && !fields[0].equals(target)) {
        NameTable.add(migration, fields[0], target);
        count++;
      }
    }
    migration.same(
        settings.place("root"),
        "root=" + target,
        "virtual: the " + count + " accounts of /etc/passwd below " + FIRST_USER);
  }

  private void aliases(Relay relay) throws ForeignFileException {
    Path aliases = file.resolveSibling("revaliases");
    for (Sources.Line line : sources.statements(aliases, migration).orElse(List.of())) {
      String[] fields = line.text().split(":", 3);
      if (fields.length < 2 || !Address.isName(fields[0]) || !Address.isAddress(fields[1])) {
        migration.unknown(line.place(), line.text());
        continue;
      }
      SenderTable.add(migration, line, fields[0], fields[1]);
      if (fields.length == 3 && !fields[2].isBlank()) {
        hub(line, fields[1], fields[2].strip(), relay);
      }
    }
  }

  private void hub(Sources.Line line, String sender, String hub, Relay relay) {
    Optional<Relay> own = server(hub);
    if (own.isEmpty()) {
      migration.impossible(line.place(), hub, "this is no host or host:port");
      return;
    }
    if (own.get().equals(relay)) {
      return;
    }
    migration.set("sender_dependent_relayhost_maps", Migration.table("sender_relay"));
    migration.line("sender_relay", sender + " " + own.get().nextHop());
    if (!settings.value("authuser").isEmpty()) {
      // ssmtp logs in everywhere as the same user.
      migration.login(
          line.place(),
          new Password(
              own.get().nextHop(), settings.value("authuser"), settings.value("authpass")));
    }
  }

  private void rest(String name, Sources.Line line) {
    switch (name) {
      case "root",
          "mailhub",
          "rewritedomain",
          "hostname",
          "fromlineoverride",
          "usetls",
          "usestarttls",
          "authuser",
          "authpass" -> {}
      case "authmethod" -> {
        if (!settings.value(name).isEmpty()
            && !settings.value(name).matches("(?i)cram-md5|login|plain")) {
          migration.impossible(
              line.place(), "AuthMethod=" + line.text(), "ssmtp and Postrider have no such one");
        }
      }
      case "tlscert", "tlskey", "usetlscert" ->
          migration.impossible(
              line.place(),
              name + "=" + line.text(),
              "Postrider shows no certificate of its own to servers yet");
      case "tls_ca_file" ->
          migration.understood(
              line.place(),
              "TLS_CA_File=" + line.text(),
              "smtp_tls_CAfile",
              Migration.literal(line.text()));
      case "tls_ca_dir" ->
          migration.understood(
              line.place(),
              "TLS_CA_Dir=" + line.text(),
              "smtp_tls_CApath",
              Migration.literal(line.text()));
      case "debug" ->
          migration.differs(
              line.place(), "Debug=" + line.text(), "debug_peer_list has the dialogues logged");
      default -> migration.unknown(line.place(), name + "=...");
    }
  }
}
