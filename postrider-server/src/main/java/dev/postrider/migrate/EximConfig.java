package dev.postrider.migrate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's exim4 as its questions set it up: update-exim4.conf.conf, passwd.client,
 * /etc/email-addresses, /etc/mailname. For one reading.
 */
final class EximConfig {
  private static final Pattern ASSIGNMENT = Pattern.compile("([A-Za-z0-9_]+)=(.*)");
  private static final int SMTP = 25;

  private final Sources sources;
  private final Migration migration = new Migration();
  private final Map<String, Sources.Line> settings = new LinkedHashMap<>();
  private final Path file;

  EximConfig(Sources sources) {
    this.sources = sources;
    this.file = sources.file("/etc/exim4", "update-exim4.conf.conf");
  }

  Optional<Migration> read() throws ForeignFileException {
    Optional<List<Sources.Line>> lines = sources.lines(file, migration);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    lines.get().forEach(this::setting);
    Place type = place("dc_eximconfig_configtype");
    String said = said("dc_eximconfig_configtype");
    switch (text("dc_eximconfig_configtype")) {
      case "smarthost", "satellite" -> {
        migration.same(type, said, "mail for others goes to one server");
        smarthost();
      }
      case "internet" -> migration.same(type, said, "mail goes to the recipients' own servers");
      case "local" ->
          migration.understood(
              type, said, "default_transport", "error:5.7.1 mail leaves this machine nowhere");
      default -> {
        migration.impossible(
            type, said, "Exim is not set up by Debian's questions: there is nothing to take over");
        return Optional.of(migration);
      }
    }
    names();
    listening();
    delivery();
    senders();
    rest();
    return Optional.of(migration);
  }

  private void setting(Sources.Line line) {
    String text = line.text().strip();
    if (text.isEmpty() || text.charAt(0) == '#') {
      return;
    }
    Matcher assignment = ASSIGNMENT.matcher(text);
    Optional<List<String>> words =
        assignment.matches() ? ShellWords.split(assignment.group(2)) : Optional.empty();
    if (words.isEmpty() || words.get().size() > 1) {
      migration.unknown(line.place(), text);
      return;
    }
    settings.put(
        assignment.group(1),
        new Sources.Line(
            line.place(), words.get().isEmpty() ? "" : words.get().getFirst().strip()));
  }

  private String text(String name) {
    Sources.Line line = settings.get(name);
    return line == null ? "" : line.text();
  }

  private Place place(String name) {
    Sources.Line line = settings.get(name);
    return line == null ? new Place(file, 0) : line.place();
  }

  private String said(String name) {
    return name + "='" + text(name) + "'";
  }

  /** A list: semicolons part it, or single colons where there are none. */
  static List<String> list(String text) {
    String rest = text.startsWith("<;") ? text.substring(2) : text;
    List<String> items = new ArrayList<>();
    String[] parts =
        text.indexOf(';') >= 0
            ? rest.split(";")
            : rest.replace("::", "\0").replace(":", ";").replace("\0", "::").split(";");
    for (String part : parts) {
      if (!part.isBlank()) {
        items.add(part.strip());
      }
    }
    return items;
  }

  private void smarthost() throws ForeignFileException {
    List<Relay> servers = new ArrayList<>();
    boolean withLogin = Files.exists(file.resolveSibling("passwd.client")) && hasLogin();
    for (String each : list(text("dc_smarthost"))) {
      Optional<Relay> server = server(each.replace("::", ":"), withLogin);
      if (server.isEmpty()) {
        migration.impossible(
            place("dc_smarthost"),
            said("dc_smarthost"),
            "\"" + each + "\" is no host or host::port");
        return;
      }
      servers.add(server.get());
    }
    if (servers.isEmpty()) {
      migration.impossible(
          place("dc_smarthost"), said("dc_smarthost"), "there is no server to send mail to");
      return;
    }
    Relay first = servers.getFirst();
    first.write(migration, place("dc_smarthost"), said("dc_smarthost"));
    if (servers.size() > 1) {
      migration.understood(
          place("dc_smarthost"),
          said("dc_smarthost"),
          "smtp_fallback_relay",
          String.join(
              ", ", servers.subList(1, servers.size()).stream().map(Relay::nextHop).toList()));
    }
    first.writeProtection(
        migration,
        place("dc_smarthost"),
        withLogin ? "the login of passwd.client needs TLS" : "TLS where the server offers it");
    if (withLogin) {
      migration.differs(
          place("dc_smarthost"),
          said("dc_smarthost"),
          "Exim would also send without TLS and without login; here mail waits until the server has a"
              + " certificate of its name");
      Authorities.ofSystem(sources, migration, place("dc_smarthost"), "certificates are checked");
    }
    logins(servers);
  }

  /** An address may have brackets, and a port behind the last colon. */
  private static Optional<Relay> server(String text, boolean withLogin) {
    Relay.Protection protection =
        withLogin ? Relay.Protection.STARTTLS_VERIFIED : Relay.Protection.OPPORTUNISTIC;
    String host = text;
    int port = SMTP;
    int bracket = text.indexOf(']');
    if (text.startsWith("[") && bracket > 0) {
      host = text.substring(1, bracket);
      String rest = text.substring(bracket + 1);
      port = rest.isEmpty() ? SMTP : rest.startsWith(":") ? Relay.port(rest.substring(1)) : 0;
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
      port = Relay.port(text.substring(text.indexOf(':') + 1));
    }
    return port == 0 || !Relay.isHost(host)
        ? Optional.empty()
        : Optional.of(new Relay(host, port, protection));
  }

  private boolean hasLogin() throws ForeignFileException {
    for (Sources.Line line :
        sources.lines(file.resolveSibling("passwd.client"), new Migration()).orElse(List.of())) {
      if (!line.text().isBlank() && !line.text().strip().startsWith("#")) {
        return true;
      }
    }
    return false;
  }

  private void logins(List<Relay> servers) throws ForeignFileException {
    for (Sources.Line line :
        sources.lines(file.resolveSibling("passwd.client"), migration).orElse(List.of())) {
      String text = line.text().strip();
      if (text.isEmpty() || text.charAt(0) == '#') {
        continue;
      }
      String[] fields = text.split(":", 3);
      if (fields.length < 3) {
        migration.unknown(line.place(), "a line that is not host:user:password");
        continue;
      }
      servers.getFirst().writeSecurityOptions(migration, false);
      boolean fits = false;
      for (Relay server : servers) {
        if (matches(fields[0], server.host())) {
          fits = true;
          // The first line that fits is the one that Exim takes.
          if (migration.passwords().stream()
              .noneMatch(each -> each.key().equals(server.nextHop()))) {
            migration.login(line.place(), new Password(server.nextHop(), fields[1], fields[2]));
          }
        }
      }
      if (!fits && servers.size() == 1 && fields[0].matches("[A-Za-z0-9.-]+")) {
        migration.login(
            line.place(), new Password(servers.getFirst().nextHop(), fields[1], fields[2]));
        migration.differs(
            line.place(),
            fields[0] + ":" + fields[1] + ":...",
            "Exim finds it by the reverse DNS name of the server; here it is the login for the one"
                + " server that there is");
      } else if (!fits) {
        migration.impossible(
            line.place(), fields[0] + ":...", "it fits none of the servers in dc_smarthost");
      }
    }
  }

  private static boolean matches(String pattern, String host) {
    return pattern.equals("*")
        || pattern.equalsIgnoreCase(host)
        || (pattern.startsWith("*") && host.endsWith(pattern.substring(1)));
  }

  private void names() throws ForeignFileException {
    Optional<Sources.Line> mailname = sources.first(sources.at("/etc/mailname"), migration);
    if (mailname.isPresent() && Address.isDomain(mailname.get().text())) {
      migration.understood(
          mailname.get().place(), mailname.get().text(), "myorigin", "/etc/mailname");
    }
    List<String> domains = new ArrayList<>();
    for (String each : list(text("dc_other_hostnames"))) {
      if (Address.isDomain(each)) {
        domains.add(each);
      } else {
        migration.impossible(
            place("dc_other_hostnames"), said("dc_other_hostnames"), each + " is no domain");
      }
    }
    domains.add("localhost");
    migration.understood(
        place("dc_other_hostnames"),
        said("dc_other_hostnames"),
        "mydestination",
        String.join(", ", domains));
    String target = text("dc_readhost");
    if (text("dc_eximconfig_configtype").equals("satellite") && Address.isDomain(target)) {
      List<String> rules =
          domains.stream().map(domain -> "{@" + domain + " = @" + target + "}").toList();
      migration.understood(
          place("dc_readhost"),
          said("dc_readhost"),
          "virtual_alias_maps",
          "inline:{ " + String.join(", ", rules) + " }");
      migration.differs(
          place("dc_readhost"),
          said("dc_readhost"),
          "it comes before /etc/aliases here: put those aliases into a table ahead of it in"
              + " virtual_alias_maps");
    }
    if (text("dc_hide_mailname").equals("true") && Address.isDomain(target)) {
      List<String> rules = new ArrayList<>(List.of("{@$myorigin = @" + target + "}"));
      domains.stream().map(domain -> "{@" + domain + " = @" + target + "}").forEach(rules::add);
      migration.understood(
          place("dc_hide_mailname"),
          said("dc_hide_mailname"),
          "smtp_generic_maps",
          "inline:{ " + String.join(", ", rules) + " }");
    }
  }

  private void listening() {
    List<String> addresses = list(text("dc_local_interfaces"));
    String said = said("dc_local_interfaces");
    if (addresses.isEmpty()) {
      migration.understood(place("dc_local_interfaces"), said, "inet_interfaces", "all");
    } else if (addresses.stream()
        .allMatch(each -> each.equals("127.0.0.1") || each.equals("::1"))) {
      migration.understood(place("dc_local_interfaces"), said, "inet_interfaces", "loopback-only");
    } else if (addresses.stream()
        .allMatch(each -> each.matches("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*|([0-9]+\\.){3}[0-9]+"))) {
      migration.understood(
          place("dc_local_interfaces"), said, "inet_interfaces", String.join(", ", addresses));
    } else {
      migration.impossible(
          place("dc_local_interfaces"), said, "name addresses; ports stand in master.cf");
    }
    List<String> nets = new ArrayList<>(List.of("127.0.0.0/8", "[::1]/128"));
    for (String each : list(text("dc_relay_nets"))) {
      if (each.matches("([0-9]+\\.){3}[0-9]+(/[0-9]+)?")) {
        nets.add(each);
      } else if (each.matches("[0-9A-Fa-f:]+(/[0-9]+)?") && each.indexOf(':') >= 0) {
        int slash = each.indexOf('/');
        nets.add(
            slash < 0
                ? "[" + each + "]"
                : "[" + each.substring(0, slash) + "]" + each.substring(slash));
      } else {
        migration.impossible(
            place("dc_relay_nets"), said("dc_relay_nets"), each + " is no address or network");
      }
    }
    migration.understood(
        place("dc_relay_nets"), said("dc_relay_nets"), "mynetworks", String.join(", ", nets));
    List<String> relayed = new ArrayList<>();
    for (String each : list(text("dc_relay_domains"))) {
      if (Address.isDomain(each)) {
        relayed.add(each);
      } else {
        migration.impossible(
            place("dc_relay_domains"), said("dc_relay_domains"), each + " is no domain");
      }
    }
    if (!relayed.isEmpty()) {
      migration.understood(
          place("dc_relay_domains"),
          said("dc_relay_domains"),
          "relay_domains",
          String.join(", ", relayed));
    }
  }

  private void delivery() {
    switch (text("dc_localdelivery")) {
      case "", "mail_spool" ->
          migration.same(
              place("dc_localdelivery"), said("dc_localdelivery"), "mbox files in /var/mail");
      case "maildir_home" ->
          migration.understood(
              place("dc_localdelivery"), said("dc_localdelivery"), "home_mailbox", "Maildir/");
      case "procmail_pipe" ->
          migration.understood(
              place("dc_localdelivery"),
              said("dc_localdelivery"),
              "mailbox_command",
              "/usr/bin/procmail");
      case "maildrop_pipe" ->
          migration.understood(
              place("dc_localdelivery"),
              said("dc_localdelivery"),
              "mailbox_command",
              "/usr/bin/maildrop");
      default ->
          migration.impossible(
              place("dc_localdelivery"),
              said("dc_localdelivery"),
              "a transport of your own: see mailbox_command and docs/local.md");
    }
    migration.understood(
        new Place(sources.at("/etc/aliases"), 0),
        "/etc/aliases",
        "alias_maps",
        "hash:/etc/aliases",
        "alias_database",
        "hash:/etc/aliases");
    migration.differs(
        new Place(sources.at("/etc/aliases"), 0),
        "~/.forward",
        "filters of Exim (\"# Exim filter\") are not understood: write Sieve, see docs/local.md");
  }

  private void senders() throws ForeignFileException {
    Path addresses =
        sources.from().isPresent() && Files.exists(file.resolveSibling("email-addresses"))
            ? file.resolveSibling("email-addresses")
            : sources.at("/etc/email-addresses");
    for (Sources.Line line : sources.lines(addresses, migration).orElse(List.of())) {
      String text = line.text().strip();
      int colon = text.indexOf(':');
      if (text.isEmpty() || text.charAt(0) == '#') {
        continue;
      }
      String name = colon < 0 ? "" : text.substring(0, colon).strip();
      String target = colon < 0 ? "" : text.substring(colon + 1).strip();
      if (!Address.isName(name) || !Address.isAddress(target)) {
        migration.unknown(line.place(), text);
        continue;
      }
      migration.set("sender_canonical_maps", Migration.table("sender_canonical"));
      migration.line("sender_canonical", name + " " + target);
      migration.same(line.place(), text, "sender_canonical: " + name + " " + target);
    }
  }

  private void rest() {
    for (Map.Entry<String, Sources.Line> entry : settings.entrySet()) {
      Place place = entry.getValue().place();
      String said = said(entry.getKey());
      switch (entry.getKey()) {
        case "dc_eximconfig_configtype",
            "dc_other_hostnames",
            "dc_local_interfaces",
            "dc_readhost",
            "dc_relay_domains",
            "dc_relay_nets",
            "dc_smarthost",
            "dc_hide_mailname",
            "dc_localdelivery" -> {}
        case "dc_minimaldns" ->
            migration.same(place, said, "names are looked up only when mail is sent to them");
        case "CFILEMODE", "dc_mailname_in_oh", "ue4c_keepcomments" ->
            migration.same(place, said, "of Exim's own files");
        case "dc_use_split_config" ->
            migration.differs(
                place, said, "what you changed in Exim's own configuration is not read");
        default -> migration.unknown(place, said);
      }
    }
    for (String name : List.of("exim4.conf", "exim4.conf.localmacros", "hubbed_hosts", "passwd")) {
      Path other = file.resolveSibling(name);
      if (Files.exists(other)) {
        migration.impossible(
            new Place(other, 0),
            name,
            name.equals("hubbed_hosts")
                ? "routes of single domains: write them into a table for transport_maps"
                : name.equals("passwd")
                    ? "logins of others at this machine: Postrider has no server for logins yet"
                    : "Exim's own language is not read: compare it with \"postconf -n\" afterwards");
      }
    }
  }
}
