package dev.postrider.migrate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's exim4 as its questions set it up: update-exim4.conf.conf, passwd.client,
 * /etc/email-addresses, /etc/mailname. For one reading.
 */
final class EximConfig {
  private static final Pattern ASSIGNMENT = Pattern.compile("([A-Za-z0-9_]+)=(.*)");

  private final Sources sources;
  private final Migration migration = new Migration();
  private final Path file;
  private final NamedSettings settings;

  EximConfig(Sources sources) {
    this.sources = sources;
    this.file = sources.file("/etc/exim4", "update-exim4.conf.conf");
    this.settings = new NamedSettings(file);
  }

  Optional<Migration> read() throws ForeignFileException {
    Optional<List<Sources.Line>> lines = sources.statements(file, migration);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    lines.get().forEach(this::setting);
    Place type = settings.place("dc_eximconfig_configtype");
    String said = said("dc_eximconfig_configtype");
    switch (settings.value("dc_eximconfig_configtype")) {
      case "smarthost", "satellite" -> {
        migration.same(type, said, "mail for others goes to one server");
        new EximServers(sources, migration, settings).write(file.resolveSibling("passwd.client"));
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
    Matcher assignment = ASSIGNMENT.matcher(line.text());
    Optional<List<String>> words =
        assignment.matches() ? ShellWords.split(assignment.group(2)) : Optional.empty();
    if (words.isEmpty() || words.get().size() > 1) {
      migration.unknown(line.place(), line.text());
      return;
    }
    settings.put(
        assignment.group(1),
        line.place(),
        words.get().isEmpty() ? "" : words.get().getFirst().strip());
  }

  private String said(String name) {
    return name + "='" + settings.value(name) + "'";
  }

  private void names() throws ForeignFileException {
    Optional<Sources.Line> mailname = sources.first(sources.at("/etc/mailname"), migration);
    if (mailname.isPresent() && Address.isDomain(mailname.get().text())) {
      migration.understood(
          mailname.get().place(), mailname.get().text(), "myorigin", "/etc/mailname");
    }
    List<String> domains = new ArrayList<>();
    for (String each : EximList.of(settings.value("dc_other_hostnames"))) {
      if (Address.isDomain(each)) {
        domains.add(each);
      } else {
        migration.impossible(
            settings.place("dc_other_hostnames"),
            said("dc_other_hostnames"),
            each + " is no domain");
      }
    }
    domains.add("localhost");
    migration.understood(
        settings.place("dc_other_hostnames"),
        said("dc_other_hostnames"),
        "mydestination",
        String.join(", ", domains));
    String target = settings.value("dc_readhost");
    if (settings.value("dc_eximconfig_configtype").equals("satellite")
        && Address.isDomain(target)) {
      List<String> rules =
          domains.stream().map(domain -> "{@" + domain + " = @" + target + "}").toList();
      migration.understood(
          settings.place("dc_readhost"),
          said("dc_readhost"),
          "virtual_alias_maps",
          "inline:{ " + String.join(", ", rules) + " }");
      migration.differs(
          settings.place("dc_readhost"),
          said("dc_readhost"),
          "it comes before /etc/aliases here: put those aliases into a table ahead of it in"
              + " virtual_alias_maps");
    }
    if (settings.value("dc_hide_mailname").equals("true") && Address.isDomain(target)) {
      List<String> rules = new ArrayList<>(List.of("{@$myorigin = @" + target + "}"));
      domains.stream().map(domain -> "{@" + domain + " = @" + target + "}").forEach(rules::add);
      migration.understood(
          settings.place("dc_hide_mailname"),
          said("dc_hide_mailname"),
          "smtp_generic_maps",
          "inline:{ " + String.join(", ", rules) + " }");
    }
  }

  private void listening() {
    List<String> addresses = EximList.of(settings.value("dc_local_interfaces"));
    String said = said("dc_local_interfaces");
    if (addresses.isEmpty()) {
      migration.understood(settings.place("dc_local_interfaces"), said, "inet_interfaces", "all");
    } else if (addresses.stream()
        .allMatch(each -> each.equals("127.0.0.1") || each.equals("::1"))) {
      migration.understood(
          settings.place("dc_local_interfaces"), said, "inet_interfaces", "loopback-only");
    } else if (addresses.stream()
        .allMatch(each -> each.matches("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*|([0-9]+\\.){3}[0-9]+"))) {
      migration.understood(
          settings.place("dc_local_interfaces"),
          said,
          "inet_interfaces",
          String.join(", ", addresses));
    } else {
      migration.impossible(
          settings.place("dc_local_interfaces"), said, "name addresses; ports stand in master.cf");
    }
    List<String> nets = new ArrayList<>(List.of("127.0.0.0/8", "[::1]/128"));
    for (String each : EximList.of(settings.value("dc_relay_nets"))) {
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
            settings.place("dc_relay_nets"),
            said("dc_relay_nets"),
            each + " is no address or network");
      }
    }
    migration.understood(
        settings.place("dc_relay_nets"),
        said("dc_relay_nets"),
        "mynetworks",
        String.join(", ", nets));
    List<String> relayed = new ArrayList<>();
    for (String each : EximList.of(settings.value("dc_relay_domains"))) {
      if (Address.isDomain(each)) {
        relayed.add(each);
      } else {
        migration.impossible(
            settings.place("dc_relay_domains"), said("dc_relay_domains"), each + " is no domain");
      }
    }
    if (!relayed.isEmpty()) {
      migration.understood(
          settings.place("dc_relay_domains"),
          said("dc_relay_domains"),
          "relay_domains",
          String.join(", ", relayed));
    }
  }

  private void delivery() {
    switch (settings.value("dc_localdelivery")) {
      case "", "mail_spool" ->
          migration.same(
              settings.place("dc_localdelivery"),
              said("dc_localdelivery"),
              "mbox files in /var/mail");
      case "maildir_home" ->
          migration.understood(
              settings.place("dc_localdelivery"),
              said("dc_localdelivery"),
              "home_mailbox",
              "Maildir/");
      case "procmail_pipe" ->
          migration.understood(
              settings.place("dc_localdelivery"),
              said("dc_localdelivery"),
              "mailbox_command",
              "/usr/bin/procmail");
      case "maildrop_pipe" ->
          migration.understood(
              settings.place("dc_localdelivery"),
              said("dc_localdelivery"),
              "mailbox_command",
              "/usr/bin/maildrop");
      default ->
          migration.impossible(
              settings.place("dc_localdelivery"),
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
    for (Sources.Line line : sources.statements(addresses, migration).orElse(List.of())) {
      String text = line.text();
      int colon = text.indexOf(':');
      String name = colon < 0 ? "" : text.substring(0, colon).strip();
      String target = colon < 0 ? "" : text.substring(colon + 1).strip();
      if (!Address.isName(name) || !Address.isAddress(target)) {
        migration.unknown(line.place(), text);
        continue;
      }
      SenderTable.add(migration, line, name, target);
    }
  }

  private void rest() {
    settings.forEach(this::rest);
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

  private void rest(String name, Sources.Line line) {
    Place place = line.place();
    String said = said(name);
    switch (name) {
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
}
