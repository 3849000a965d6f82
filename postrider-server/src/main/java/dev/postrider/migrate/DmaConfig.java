package dev.postrider.migrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The configuration of dma(8): dma.conf, auth.conf, aliases. For one reading. */
final class DmaConfig {
  private static final int SMTP = 25;

  private final Sources sources;
  private final Migration migration = new Migration();
  private final Path file;
  private final NamedSettings settings;

  DmaConfig(Sources sources) {
    this.sources = sources;
    this.file = sources.file("/etc/dma", "dma.conf");
    this.settings = new NamedSettings(file);
  }

  Optional<Migration> read() throws ForeignFileException {
    Optional<List<Sources.Line>> lines = sources.statements(file, migration);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    for (Sources.Line line : lines.get()) {
      String[] words = line.text().split("\\s+", 2);
      settings.put(words[0], line.place(), words.length > 1 ? words[1] : "");
    }
    names();
    relay();
    aliases();
    settings.forEach(this::rest);
    migration.differs(
        settings.whole(),
        "dma runs when somebody sends",
        "Postrider runs as a service; a message that waits is tried again by itself, without"
            + " \"dma -q\" from cron");
    return Optional.of(migration);
  }

  private String said(String name) {
    return (name + " " + settings.value(name)).strip();
  }

  private void names() throws ForeignFileException {
    String name = settings.value("MAILNAME");
    if (name.startsWith("/")) {
      Optional<Sources.Line> first = sources.first(sources.at(name), migration);
      if (first.isPresent() && Address.isDomain(first.get().text())) {
        migration.understood(
            settings.place("MAILNAME"),
            said("MAILNAME"),
            "myorigin",
            name,
            "smtp_helo_name",
            first.get().text());
      } else {
        migration.differs(
            settings.place("MAILNAME"),
            said("MAILNAME"),
            "no name stands there: the host name is used");
      }
    } else if (!name.isEmpty()) {
      if (Address.isDomain(name)) {
        migration.understood(
            settings.place("MAILNAME"), said("MAILNAME"), "myorigin", name, "smtp_helo_name", name);
      } else {
        migration.impossible(settings.place("MAILNAME"), said("MAILNAME"), "this is no domain");
      }
    }
  }

  private Relay.Protection protection() {
    if (!settings.has("SECURETRANSFER")) {
      return Relay.Protection.NONE;
    }
    if (!settings.has("STARTTLS")) {
      return Relay.Protection.WRAPPED;
    }
    return settings.has("OPPORTUNISTIC_TLS")
        ? Relay.Protection.OPPORTUNISTIC
        : Relay.Protection.STARTTLS;
  }

  private void relay() throws ForeignFileException {
    String host = settings.value("SMARTHOST");
    int port = settings.has("PORT") ? Relay.port(settings.value("PORT")) : SMTP;
    Relay.Protection protection = protection();
    if (port == 0) {
      migration.impossible(settings.place("PORT"), said("PORT"), "this is no port");
      return;
    }
    if (host.isEmpty()) {
      migration.same(settings.whole(), "no SMARTHOST", "mail goes to the recipients' own servers");
      if (port != SMTP) {
        migration.impossible(
            settings.place("PORT"), said("PORT"), "servers of others are reached at port 25");
      }
      if (protection.wrapped()) {
        migration.impossible(
            settings.place("SECURETRANSFER"),
            said("SECURETRANSFER"),
            "servers of others speak STARTTLS at best: smtp_tls_security_level = may is the default");
        return;
      }
    } else if (!Relay.isHost(host)) {
      migration.impossible(
          settings.place("SMARTHOST"), said("SMARTHOST"), "this is no name of a host");
      return;
    }
    Relay relay = new Relay(host.isEmpty() ? "unused" : host, port, protection);
    if (!host.isEmpty()) {
      relay.write(
          migration,
          settings.place("SMARTHOST"),
          said("SMARTHOST") + (settings.has("PORT") ? ", " + said("PORT") : ""));
    }
    relay.writeProtection(
        migration,
        settings.place("SECURETRANSFER"),
        settings.has("SECURETRANSFER")
            ? "SECURETRANSFER"
                + (settings.has("STARTTLS") ? ", STARTTLS" : "")
                + (settings.has("OPPORTUNISTIC_TLS") ? ", OPPORTUNISTIC_TLS" : "")
            : "no SECURETRANSFER");
    unchecked(protection);
    logins(relay);
  }

  private void unchecked(Relay.Protection protection) {
    if (settings.has("FINGERPRINT")) {
      migration.impossible(
          settings.place("FINGERPRINT"),
          "FINGERPRINT ...",
          "Postrider trusts certificate authorities, not fingerprints: set smtp_tls_security_level ="
              + " secure and smtp_tls_CAfile, or nobody checks that the server is the right one");
    } else if (protection != Relay.Protection.NONE) {
      migration.differs(
          settings.place("SECURETRANSFER"),
          "SECURETRANSFER",
          "as with dma, nobody checks that the server is the right one: smtp_tls_security_level ="
              + " secure with smtp_tls_CAfile does");
    }
  }

  private void logins(Relay relay) throws ForeignFileException {
    String path = settings.value("AUTHPATH");
    if (path.isEmpty()) {
      return;
    }
    Path auth =
        sources.from().isPresent() && !path.startsWith("/")
            ? file.resolveSibling(path)
            : sources.at(path.startsWith("/") ? path : "/etc/dma/" + path);
    Optional<List<Sources.Line>> lines = sources.statements(auth, migration);
    if (lines.isEmpty()) {
      migration.impossible(settings.place("AUTHPATH"), said("AUTHPATH"), "the file is not there");
      return;
    }
    migration.same(settings.place("AUTHPATH"), said("AUTHPATH"), "as " + Migration.PASSWORDS);
    for (Sources.Line line : lines.get()) {
      String text = line.text();
      int bar = text.indexOf('|');
      int colon = text.indexOf(':', Math.max(bar, 0));
      if (bar <= 0 || colon < bar) {
        migration.unknown(line.place(), "a line that is not user|host:password");
        continue;
      }
      String host = text.substring(bar + 1, colon);
      boolean own = host.equals(relay.host());
      migration.login(
          line.place(),
          new Password(
              own ? relay.nextHop() : host, text.substring(0, bar), text.substring(colon + 1)));
      relay.writeSecurityOptions(migration, settings.has("INSECURE"));
    }
  }

  private void aliases() throws ForeignFileException {
    if (settings.has("NULLCLIENT")) {
      migration.understood(settings.place("NULLCLIENT"), "NULLCLIENT", "mydestination", "");
      return;
    }
    String path = settings.has("ALIASES") ? settings.value("ALIASES") : "/etc/aliases";
    migration.understood(
        settings.place("ALIASES"),
        settings.has("ALIASES") ? said("ALIASES") : "ALIASES /etc/aliases by default",
        "alias_maps",
        "hash:" + Migration.literal(path),
        "alias_database",
        "hash:" + Migration.literal(path));
    for (Sources.Line line : sources.statements(sources.at(path), migration).orElse(List.of())) {
      alias(line);
    }
  }

  /** Lines that dma understands otherwise. */
  private void alias(Sources.Line line) {
    String text = line.text();
    int colon = text.indexOf(':');
    if (colon < 0) {
      return;
    }
    String name = text.substring(0, colon).strip();
    String targets = text.substring(colon + 1).strip();
    if (name.equals("*")) {
      if (Address.isList(targets) && !targets.matches(".*[,\\s].*")) {
        migration.understood(
            line.place(), text, "luser_relay", targets, "local_recipient_maps", "");
        migration.differs(
            line.place(), text, "it gets mail for names that do not exist, not that of users");
      } else {
        migration.impossible(line.place(), text, "luser_relay takes one address");
      }
    } else if (targets.matches("[^\",|:/]+\\s+[^\",|:/]+")) {
      migration.differs(
          line.place(), text, "write commas between the targets: spaces do not separate them here");
    }
  }

  private void rest(String name, Sources.Line line) {
    String said = said(name);
    switch (name) {
      case "SMARTHOST",
          "PORT",
          "ALIASES",
          "AUTHPATH",
          "SECURETRANSFER",
          "STARTTLS",
          "OPPORTUNISTIC_TLS",
          "FINGERPRINT",
          "MAILNAME",
          "NULLCLIENT",
          "INSECURE" -> {}
      case "SECURE" -> migration.same(line.place(), said, "passwords go over TLS only");
      case "SPOOLDIR" ->
          migration.differs(
              line.place(),
              said,
              "Postrider has a spool of its own; what waits in dma's is sent by \"dma -q\"");
      case "DEFER" -> migration.understood(line.place(), said, "defer_transports", "smtp");
      case "FULLBOUNCE" ->
          migration.same(line.place(), said, "reports have the message, up to bounce_size_limit");
      case "CERTFILE" ->
          migration.impossible(
              line.place(), said, "Postrider shows no certificate of its own to servers yet");
      case "MASQUERADE" -> masquerade(line, said);
      default -> migration.unknown(line.place(), said);
    }
  }

  private void masquerade(Sources.Line line, String said) {
    String text = line.text();
    List<String> pairs = new ArrayList<>(List.of("sender_canonical_classes", "envelope_sender"));
    if (text.endsWith("@") && Address.isName(text.substring(0, text.length() - 1))) {
      pairs.addAll(List.of("sender_canonical_maps", "static:" + text + "$myorigin"));
    } else if (Address.isAddress(text)) {
      pairs.addAll(List.of("sender_canonical_maps", "static:" + text));
    } else if (Address.isDomain(text)) {
      pairs.addAll(List.of("sender_canonical_maps", Address.ownSenders("@" + text)));
    } else {
      migration.impossible(line.place(), said, "this is neither user@, host nor user@host");
      return;
    }
    migration.understood(line.place(), said, pairs.toArray(new String[0]));
  }
}
