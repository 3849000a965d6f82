package dev.postrider.migrate;

import dev.postrider.migrate.MsmtpFile.Value;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one account of msmtp(1) comes to. For one account. */
final class MsmtpAccount {
  private static final int SMTP = 25;
  private static final int SMTPS = 465;

  private static final Set<String> MECHANISMS =
      Set.of("plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256");

  private final Sources sources;
  private final Migration migration;
  private final String name;
  private final Map<String, Value> commands;
  private final Set<String> used = new HashSet<>();

  MsmtpAccount(Sources sources, Migration migration, String name, Map<String, Value> commands) {
    this.sources = sources;
    this.migration = migration;
    this.name = name;
    this.commands = commands;
  }

  private @Nullable Value find(String command) {
    used.add(command);
    return commands.get(command);
  }

  private String text(String command) {
    Value value = find(command);
    return value == null ? "" : value.value();
  }

  private Place place(String command) {
    Value value = commands.get(command);
    return value == null ? new Place(migration.sources().getLast(), 0) : value.place();
  }

  private String said(String command) {
    Value value = commands.get(command);
    return value == null ? command + " (not set)" : (command + " " + value.value()).strip();
  }

  /** Writes the account that mail goes by unless another fits its sender. */
  void writeDefault() {
    Optional<Relay> relay = relay();
    if (relay.isEmpty()) {
      return;
    }
    relay.get().write(migration, place("host"), said("host") + port());
    protection(relay.get());
    login(relay.get().nextHop(), relay.get());
    sender();
    aliases();
    rest();
  }

  private String port() {
    return commands.containsKey("port") ? ", " + said("port") : "";
  }

  /** Writes an account for the mail of one sender. */
  void writeOther(String chosen, Map<String, Value> main) {
    Optional<Relay> relay = relay();
    String from = text("from");
    Place place = place("host");
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
    Relay.Protection common = new MsmtpAccount(sources, migration, chosen, main).protectionOf();
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
    }
    migration.set("smtp_sender_dependent_authentication", "yes");
    login(from, relay.get());
  }

  private Optional<Relay> relay() {
    String host = text("host");
    Place place = place("host");
    if (!text("socket").isEmpty() || !text("proxy_host").isEmpty()) {
      String command = text("socket").isEmpty() ? "proxy_host" : "socket";
      migration.impossible(
          place(command),
          said(command),
          "Postrider connects by TCP and without a proxy (name a server that it can reach)");
      return Optional.empty();
    }
    if (!Relay.isHost(host)) {
      migration.impossible(
          place,
          host.isEmpty() ? "account " + name : said("host"),
          host.isEmpty() ? "the account has no host" : "this is no name of a host");
      return Optional.empty();
    }
    if (text("protocol").equals("lmtp")) {
      migration.impossible(
          place("protocol"),
          said("protocol"),
          "mail for a provider goes by SMTP; for a mailbox server here, see docs/mailboxes.md");
      return Optional.empty();
    }
    Relay.Protection protection = protectionOf();
    String port = text("port");
    int number = port.isEmpty() ? protection.wrapped() ? SMTPS : SMTP : namedPort(port);
    if (number == 0) {
      migration.impossible(place("port"), said("port"), "this is no port");
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

  private Relay.Protection protectionOf() {
    Value tls = find("tls");
    if (tls == null || !tls.isOn()) {
      return Relay.Protection.NONE;
    }
    Value check = find("tls_certcheck");
    boolean verified = check == null || !check.isOff();
    Value starttls = find("tls_starttls");
    if (starttls != null && starttls.isOff()) {
      return verified ? Relay.Protection.WRAPPED_VERIFIED : Relay.Protection.WRAPPED;
    }
    return verified ? Relay.Protection.STARTTLS_VERIFIED : Relay.Protection.STARTTLS;
  }

  private void protection(Relay relay) {
    String said =
        said("tls")
            + (commands.containsKey("tls_starttls") ? ", " + said("tls_starttls") : "")
            + (commands.containsKey("tls_certcheck") ? ", " + said("tls_certcheck") : "");
    relay.writeProtection(migration, place("tls"), said);
    if (relay.protection() == Relay.Protection.NONE) {
      return;
    }
    if (relay.protection().verified()) {
      authorities();
    } else {
      migration.differs(
          place("tls_certcheck"),
          said("tls_certcheck"),
          "as before, nobody checks that the server is the right one: smtp_tls_security_level ="
              + " secure does");
    }
  }

  private void authorities() {
    Value trust = find("tls_trust_file");
    Value fingerprint = find("tls_fingerprint");
    if (fingerprint != null && !fingerprint.value().isEmpty()) {
      migration.impossible(
          fingerprint.place(),
          "tls_fingerprint ...",
          "Postrider trusts certificate authorities, not fingerprints: it asks for a certificate of"
              + " the server's name by one of them (for a server with a certificate of its own,"
              + " put that into a file and name it in smtp_tls_CAfile)");
    }
    if (trust == null || trust.value().equals("system")) {
      Authorities.ofSystem(
          sources,
          migration,
          place("tls_trust_file"),
          trust == null ? "tls on" : said("tls_trust_file"));
    } else if (trust.value().isEmpty()) {
      migration.differs(
          trust.place(), "tls_trust_file (empty)", "no authority is trusted: set smtp_tls_CAfile");
    } else {
      migration.understood(
          trust.place(), said("tls_trust_file"), "smtp_tls_CAfile", literal(home(trust.value())));
    }
  }

  private String home(String file) {
    return file.startsWith("~/") ? sources.home().resolve(file.substring(2)).toString() : file;
  }

  private static String literal(String value) {
    return value.replace("$", "$$");
  }

  private void login(String key, Relay relay) {
    Value auth = find("auth");
    String user = text("user");
    if (auth == null || auth.isOff()) {
      if (auth != null) {
        migration.same(auth.place(), said("auth"), "no login");
      }
      return;
    }
    String method = auth.value().toLowerCase(Locale.ROOT);
    if (!auth.isOn()) {
      if (!MECHANISMS.contains(method)) {
        migration.impossible(
            auth.place(),
            said("auth"),
            "Postrider has no such mechanism (it has "
                + String.join(", ", MECHANISMS.stream().sorted().toList())
                + "; most providers give out a password for programs that works with plain)");
        return;
      }
      migration.understood(auth.place(), said("auth"), "smtp_sasl_mechanism_filter", method);
    }
    // Where msmtp was told to send a password in clear text it does.
    relay.writeSecurityOptions(migration, method.equals("plain") || method.equals("login"));
    password(key, user);
  }

  private void password(String key, String user) {
    Value password = find("password");
    Value command = find("passwordeval");
    Place place = place("user");
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

  private void sender() {
    Value from = find("from");
    if (from == null || from.value().isEmpty()) {
      return;
    }
    String address = from.value();
    boolean fixed = text("allow_from_override").equals("off");
    String header = text("set_from_header");
    String classes = header.equals("off") ? "envelope_sender" : "envelope_sender, header_sender";
    if (address.startsWith("%U@")) {
      String domain = domain(address.substring(3));
      if (domain.isEmpty()) {
        migration.impossible(from.place(), said("from"), "this is no domain");
      } else {
        migration.understood(from.place(), said("from"), "myorigin", domain);
      }
      if (fixed) {
        migration.differs(
            place("allow_from_override"),
            said("allow_from_override"),
            "programs may name another sender (sendmail -f)");
      }
      return;
    }
    if (!Address.isAddress(address) || address.indexOf('*') >= 0 || address.indexOf('%') >= 0) {
      migration.impossible(
          from.place(),
          said("from"),
          "a pattern names no sender: set sender_canonical_maps by hand");
      return;
    }
    migration.understood(
        from.place(),
        said("from") + (fixed ? ", allow_from_override off" : ""),
        "sender_canonical_maps",
        fixed ? "static:" + address : Address.ownSenders(address),
        "sender_canonical_classes",
        classes);
    if (!fixed) {
      migration.differs(
          from.place(),
          said("from"),
          "it is used for every sender of this machine's own domain, also one named by sendmail -f"
              + (header.equals("off")
                  ? ""
                  : ", and in From: headers with that domain, which msmtp leaves as they are"));
    }
  }

  /** A domain of "from": the patterns of msmtp are parameters here. */
  private String domain(String text) {
    return switch (text) {
      case "%H", "%C" -> "$myhostname";
      case "%M" -> "/etc/mailname";
      default -> Address.isDomain(text) ? text : "";
    };
  }

  private void aliases() {
    Value aliases = find("aliases");
    if (aliases == null || aliases.value().isEmpty()) {
      return;
    }
    Path file =
        aliases.value().startsWith("/")
            ? sources.at(aliases.value())
            : Path.of(home(aliases.value()));
    try {
      Optional<List<Sources.Line>> lines = sources.lines(file, migration);
      if (lines.isEmpty()) {
        migration.impossible(aliases.place(), said("aliases"), "the file is not there");
        return;
      }
      migration.same(aliases.place(), said("aliases"), "as the table virtual");
      NameTable.read(lines.get(), migration);
    } catch (ForeignFileException e) {
      migration.impossible(aliases.place(), said("aliases"), String.valueOf(e.getMessage()));
    }
  }

  private void rest() {
    for (Map.Entry<String, Value> entry : commands.entrySet()) {
      if (!used.contains(entry.getKey())) {
        rest(entry.getKey(), entry.getValue());
      }
    }
  }

  private void rest(String command, Value value) {
    String said = said(command);
    Place place = value.place();
    switch (command) {
      case "domain" -> helo(place, said, value.value());
      case "timeout" ->
          migration.differs(
              place, said, "Postrider has a time limit for each step (smtp_connect_timeout …)");
      case "logfile", "logfile_time_format" ->
          migration.differs(
              place, said, "the log is the system's mail log, or the file that maillog_file names");
      case "syslog" ->
          migration.same(
              place, said, "the log goes to syslog, facility mail (syslog_facility changes that)");
      case "source_ip" -> {
        if (value.value().matches("[0-9A-Fa-f.:]+")) {
          migration.understood(
              place,
              said,
              value.value().indexOf(':') < 0 ? "smtp_bind_address" : "smtp_bind_address6",
              value.value());
        } else {
          migration.impossible(place, said, "this is no address");
        }
      }
      case "dsn_notify", "dsn_return" ->
          migration.impossible(
              place,
              said,
              "reports are asked for message by message: sendmail -N "
                  + (command.equals("dsn_notify") ? value.value() : "… -R " + value.value()));
      case "tls_key_file", "tls_cert_file" ->
          migration.impossible(
              place, said, "Postrider shows no certificate of its own to servers yet");
      case "tls_crl_file" -> migration.impossible(place, said, "revocation lists are not read");
      case "tls_priorities", "tls_min_dh_prime_bits" ->
          migration.impossible(
              place,
              said,
              "the JDK's safe choice is used (smtp_tls_mandatory_protocols limits it)");
      case "tls_host_override" -> {
        if (Relay.isHost(value.value())) {
          migration.understood(place, said, "smtp_tls_secure_cert_match", value.value());
        } else {
          migration.impossible(place, said, "this is no name of a host");
        }
      }
      case "keepbcc" ->
          migration.impossible(place, said, "Bcc headers are removed (RFC 5322 §3.6.3)");
      case "remove_bcc_headers" -> {
        if (value.isOff()) {
          migration.impossible(place, said, "Bcc headers are removed (RFC 5322 §3.6.3)");
        } else {
          migration.same(place, said, "Bcc headers are removed");
        }
      }
      case "undisclosed_recipients" ->
          migration.impossible(place, said, "To: and Cc: headers are left as they are");
      case "set_date_header",
          "set_msgid_header",
          "add_missing_from_header",
          "add_missing_date_header" ->
          migration.same(place, said, "what is missing in the header is added");
      case "auto_from", "maildomain" ->
          migration.impossible(
              place,
              said,
              "obsolete in msmtp too: use \"from %U@DOMAIN\" there, then import again");
      case "ntlmdomain", "proxy_port" ->
          migration.impossible(place, said, "what it belongs to is not taken over");
      case "tls_trust_file",
          "tls_fingerprint",
          "tls_starttls",
          "tls_certcheck",
          "set_from_header",
          "allow_from_override",
          "from_full_name",
          "user",
          "password",
          "passwordeval" -> {
        if (command.equals("from_full_name")) {
          migration.impossible(
              place,
              "from_full_name ...",
              "the name comes from the account (chfn), or sendmail -F");
        } else {
          migration.same(place, command + " ...", "nothing here needs it");
        }
      }
      default -> migration.unknown(place, command + " ...");
    }
  }

  private void helo(Place place, String said, String domain) {
    String name = domain(domain);
    if (name.isEmpty()) {
      migration.impossible(place, said, "this is no name of a host");
    } else if (name.startsWith("/")) {
      migration.differs(place, said, "the servers hear myhostname");
    } else {
      migration.understood(place, said, "smtp_helo_name", name);
    }
  }
}
