package dev.postrider.migrate;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The configuration of ssmtp(8): ssmtp.conf and revaliases. For one reading. */
final class SsmtpConfig {
  private static final int SMTP = 25;
  private static final int FIRST_USER = 1000;

  private final Sources sources;
  private final Migration migration = new Migration();
  private final Map<String, Sources.Line> settings = new LinkedHashMap<>();
  private final Path file;

  SsmtpConfig(Sources sources) {
    this.sources = sources;
    this.file = sources.file("/etc/ssmtp", "ssmtp.conf");
  }

  Optional<Migration> read() throws ForeignFileException {
    Optional<List<Sources.Line>> lines = sources.lines(file, migration);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    for (Sources.Line line : lines.get()) {
      String text = line.text().strip();
      if (text.isEmpty() || text.charAt(0) == '#') {
        continue;
      }
      int equal = text.indexOf('=');
      if (equal <= 0) {
        migration.unknown(line.place(), "a line without \"name=value\"");
        continue;
      }
      settings.put(
          text.substring(0, equal).strip().toLowerCase(Locale.ROOT),
          new Sources.Line(line.place(), text.substring(equal + 1).strip()));
    }
    Optional<Relay> relay = relay();
    if (relay.isEmpty()) {
      return Optional.of(migration);
    }
    NoLocalMail.write(migration, new Place(file, 0), "ssmtp");
    NoLocalMail.sendsAtOnce(migration, new Place(file, 0), "ssmtp");
    login(relay.get());
    names();
    root();
    aliases(relay.get());
    for (Map.Entry<String, Sources.Line> entry : settings.entrySet()) {
      rest(entry.getKey(), entry.getValue());
    }
    return Optional.of(migration);
  }

  private String text(String name) {
    Sources.Line line = settings.get(name);
    return line == null ? "" : line.text();
  }

  private Place place(String name) {
    Sources.Line line = settings.get(name);
    return line == null ? new Place(file, 0) : line.place();
  }

  private boolean isYes(String name) {
    return text(name).equalsIgnoreCase("yes");
  }

  private Optional<Relay> relay() {
    String hub = settings.containsKey("mailhub") ? text("mailhub") : "mailhub";
    Optional<Relay> relay = server(hub);
    if (relay.isEmpty()) {
      migration.impossible(place("mailhub"), "mailhub=" + hub, "this is no host or host:port");
      return relay;
    }
    relay.get().write(migration, place("mailhub"), "mailhub=" + hub);
    String tls = settings.containsKey("usestarttls") ? "usestarttls" : "usetls";
    relay
        .get()
        .writeProtection(
            migration, place(tls), settings.containsKey(tls) ? tls + "=" + text(tls) : "no UseTLS");
    if (relay.get().protection() != Relay.Protection.NONE) {
      migration.differs(
          place(tls),
          tls + "=" + text(tls),
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
    String user = text("authuser");
    if (user.isEmpty()) {
      return;
    }
    relay.writeSecurityOptions(migration, relay.protection() == Relay.Protection.NONE);
    if (relay.protection() == Relay.Protection.NONE) {
      migration.differs(
          place("authpass"),
          "AuthPass without UseTLS",
          "as before, the password goes over the net in clear text: smtp_tls_security_level ="
              + " encrypt, if the server has TLS");
    }
    migration.login(place("authpass"), new Password(relay.nextHop(), user, text("authpass")));
    if (text("authmethod").equalsIgnoreCase("cram-md5")) {
      migration.understood(
          place("authmethod"), "AuthMethod=cram-md5", "smtp_sasl_mechanism_filter", "cram-md5");
    } else if (text("authmethod").equalsIgnoreCase("login")) {
      migration.understood(
          place("authmethod"), "AuthMethod=login", "smtp_sasl_mechanism_filter", "login");
    }
  }

  private void names() {
    name("hostname", "myhostname");
    name("rewritedomain", "myorigin");
    if (isYes("fromlineoverride")) {
      migration.same(
          place("fromlineoverride"), "FromLineOverride=YES", "a From: header is left as it is");
    } else {
      migration.differs(
          place("fromlineoverride"),
          settings.containsKey("fromlineoverride")
              ? "FromLineOverride=" + text("fromlineoverride")
              : "no FromLineOverride",
          "a From: header that a program wrote is left as it is; only what is missing is completed");
    }
  }

  private void name(String setting, String parameter) {
    if (text(setting).isEmpty()) {
      return;
    }
    if (Address.isDomain(text(setting))) {
      migration.understood(place(setting), setting + "=" + text(setting), parameter, text(setting));
    } else {
      migration.impossible(place(setting), setting + "=" + text(setting), "this is no domain");
    }
  }

  /** Mail for system accounts goes to one person. */
  private void root() throws ForeignFileException {
    String target = text("root");
    if (target.isEmpty()) {
      return;
    }
    if (!Address.isAddress(target) && !Address.isName(target)) {
      migration.impossible(place("root"), "root=" + target, "this is no address");
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
        place("root"),
        "root=" + target,
        "virtual: the " + count + " accounts of /etc/passwd below " + FIRST_USER);
  }

  private void aliases(Relay relay) throws ForeignFileException {
    Path aliases = file.resolveSibling("revaliases");
    for (Sources.Line line : sources.lines(aliases, migration).orElse(List.of())) {
      String text = line.text().strip();
      if (text.isEmpty() || text.charAt(0) == '#') {
        continue;
      }
      String[] fields = text.split(":", 3);
      if (fields.length < 2 || !Address.isName(fields[0]) || !Address.isAddress(fields[1])) {
        migration.unknown(line.place(), text);
        continue;
      }
      migration.set("sender_canonical_maps", Migration.table("sender_canonical"));
      migration.line("sender_canonical", fields[0] + " " + fields[1]);
      migration.same(line.place(), text, "sender_canonical: " + fields[0] + " " + fields[1]);
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
    if (!text("authuser").isEmpty()) {
      // ssmtp logs in everywhere as the same user.
      migration.login(
          line.place(), new Password(own.get().nextHop(), text("authuser"), text("authpass")));
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
        if (!text(name).isEmpty() && !text(name).matches("(?i)cram-md5|login|plain")) {
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
              line.text().replace("$", "$$"));
      case "tls_ca_dir" ->
          migration.understood(
              line.place(),
              "TLS_CA_Dir=" + line.text(),
              "smtp_tls_CApath",
              line.text().replace("$", "$$"));
      case "debug" ->
          migration.differs(
              line.place(), "Debug=" + line.text(), "debug_peer_list has the dialogues logged");
      default -> migration.unknown(line.place(), name + "=...");
    }
  }
}
