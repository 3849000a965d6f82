package dev.postrider.doctor;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.ServiceEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A server to which the configuration sends mail, with the settings of the client that goes there.
 * Immutable.
 *
 * @param host where
 * @param service of master.cf whose client it is, such as {@code smtp}
 * @param client main.cf with the {@code -o} settings of that service
 * @param setting the line that names the server
 * @param waits what comes of it when the server cannot be used
 * @param mend how that line is changed, but for the value
 */
record Relay(
    RelayHost host, String service, Config client, String setting, String waits, Mend mend) {
  /** A transport table may name any number. */
  private static final int MOST = 10;

  /** How the name of a server is corrected. */
  interface Mend {
    /** The command or the edit. */
    String to(String value);
  }

  /** Of relayhost, then of the text files of transport_maps; each server once for each login. */
  static List<Relay> all(Subject subject) {
    Config main = subject.config();
    List<Relay> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    String transport = serviceOf(main.text("default_transport"));
    for (RelayHost each : RelayHost.all(main.text("relayhost"), main.text("smtp_tcp_port"))) {
      if (seen.add(each.destination())) {
        found.add(
            new Relay(
                each,
                transport,
                client(subject, transport),
                subject.setting("relayhost"),
                "all mail for others waits",
                value -> subject.set("relayhost", value)));
      }
    }
    for (String table : main.list("transport_maps")) {
      int slash = table.indexOf(":/");
      if (slash > 0) {
        Path file = Path.of(table.substring(slash + 1));
        for (String line : lines(file)) {
          if (found.size() < MOST) {
            entry(subject, file, line)
                .filter(each -> seen.add(each.host.destination()))
                .ifPresent(found::add);
          }
        }
      }
    }
    return found;
  }

  /** The service that a transport setting names. */
  static String serviceOf(String transport) {
    int colon = transport.indexOf(':');
    return colon < 0 ? transport : transport.substring(0, colon);
  }

  /** A file that cannot be read is another check's finding. */
  private static List<String> lines(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException _) {
      return List.of();
    }
  }

  private static Optional<Relay> entry(Subject subject, Path file, String line) {
    String[] words = line.strip().split("\\s+", 2);
    if (words.length < 2 || words[0].startsWith("#")) {
      return Optional.empty();
    }
    int colon = words[1].indexOf(':');
    String service = colon < 0 ? "" : words[1].substring(0, colon);
    String nextHop = colon < 0 ? "" : words[1].substring(colon + 1);
    boolean smtp =
        service(subject, service).map(each -> each.command().equals("smtp")).orElse(false);
    List<RelayHost> hosts = RelayHost.all(nextHop, subject.config().text("smtp_tcp_port"));
    if (!smtp || hosts.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Relay(
            hosts.getFirst(),
            service,
            client(subject, service),
            file + ": " + words[0] + " " + words[1],
            "mail that is sent there waits",
            value -> "in " + file + ": " + words[0] + " " + service + ":" + value));
  }

  private static Optional<ServiceEntry> service(Subject subject, String name) {
    return subject.master().services().stream()
        .filter(each -> each.name().equals(name) && each.type().equals("unix"))
        .findFirst();
  }

  /** The settings of the client that is a service of master.cf. */
  static Config client(Subject subject, String name) {
    try {
      Optional<ServiceEntry> service = service(subject, name);
      return service.isPresent() ? subject.config().forService(service.get()) : subject.config();
    } catch (ConfigException _) {
      // The check of the configuration tells it.
      return subject.config();
    }
  }

  /** Where a setting of the client stands: in master.cf if the service has one of its own. */
  String setting(Subject subject, String name) {
    Optional<ServiceEntry> own = own(subject, name);
    return own.isPresent()
        ? "%s, line %d, service %s: -o %s=%s"
            .formatted(
                subject.config().directory().resolve("master.cf"),
                own.get().line(),
                service,
                name,
                client.text(name))
        : subject.setting(name);
  }

  /** The command that changes a setting of the client where it stands. */
  String set(Subject subject, String name, String value) {
    return own(subject, name).isPresent()
        ? subject.command("postconf", "-P '" + service + "/unix/" + name + "=" + value + "'")
        : subject.set(name, value);
  }

  private Optional<ServiceEntry> own(Subject subject, String name) {
    return service(subject, service).filter(each -> each.overrides().containsKey(name));
  }
}
