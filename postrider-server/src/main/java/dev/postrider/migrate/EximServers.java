package dev.postrider.migrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The servers that Exim's dc_smarthost names, and the logins at them. For one reading. */
final class EximServers {
  private static final String SERVERS = "dc_smarthost";
  private static final int SMTP = 25;

  private final Sources sources;
  private final Migration migration;
  private final NamedSettings settings;

  EximServers(Sources sources, Migration migration, NamedSettings settings) {
    this.sources = sources;
    this.migration = migration;
    this.settings = settings;
  }

  /**
   * Writes them.
   *
   * @param logins passwd.client
   */
  void write(Path logins) throws ForeignFileException {
    Place place = settings.place(SERVERS);
    String said = SERVERS + "='" + settings.value(SERVERS) + "'";
    List<Relay> servers = new ArrayList<>();
    boolean withLogin = hasLogin(logins);
    for (String each : EximList.of(settings.value(SERVERS))) {
      Optional<Relay> server = server(each.replace("::", ":"), withLogin);
      if (server.isEmpty()) {
        migration.impossible(place, said, "\"" + each + "\" is no host or host::port");
        return;
      }
      servers.add(server.get());
    }
    if (servers.isEmpty()) {
      migration.impossible(place, said, "there is no server to send mail to");
      return;
    }
    Relay first = servers.getFirst();
    first.write(migration, place, said);
    if (servers.size() > 1) {
      migration.understood(
          place,
          said,
          "smtp_fallback_relay",
          String.join(
              ", ", servers.subList(1, servers.size()).stream().map(Relay::nextHop).toList()));
    }
    first.writeProtection(
        migration,
        place,
        withLogin ? "the login of passwd.client needs TLS" : "TLS where the server offers it");
    if (withLogin) {
      migration.differs(
          place,
          said,
          "Exim would also send without TLS and without login; here mail waits until the server has a"
              + " certificate of its name");
      Authorities.ofSystem(sources, migration, place, "certificates are checked");
    }
    logins(logins, servers);
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

  private boolean hasLogin(Path logins) throws ForeignFileException {
    // Not noted as a source here: that it is read is told with what it comes to.
    return sources
        .statements(logins, new Migration())
        .filter(lines -> !lines.isEmpty())
        .isPresent();
  }

  private void logins(Path logins, List<Relay> servers) throws ForeignFileException {
    for (Sources.Line line : sources.statements(logins, migration).orElse(List.of())) {
      String[] fields = line.text().split(":", 3);
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
}
