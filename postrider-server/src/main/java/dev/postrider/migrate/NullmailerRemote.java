package dev.postrider.migrate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A line of nullmailer's remotes: host, protocol, options. Immutable.
 *
 * @param place where it stands
 * @param relay the server
 * @param options by name; without a value an empty text
 * @param trust the file of authorities; empty for the system's
 * @param sources where files are looked for
 */
record NullmailerRemote(
    Place place, Relay relay, Map<String, String> options, String trust, Sources sources) {
  private static final Set<String> WITHOUT_MEANING = Set.of("x509crlfile", "x509fmtder");

  /** Reads it; what cannot be carried over is noted. */
  static Optional<NullmailerRemote> parse(Sources.Line line, Sources sources, Migration migration) {
    Place place = line.place();
    Optional<List<String>> split = ShellWords.split(line.text());
    if (split.isEmpty()) {
      migration.impossible(place, "a remote server", "a quote is not closed");
      return Optional.empty();
    }
    List<String> words = split.get();
    String host = words.getFirst();
    if (!Relay.isHost(host)) {
      // What stands here by mistake may be the password.
      migration.impossible(
          place, "a remote server", "the line does not begin with the name of a host");
      return Optional.empty();
    }
    int from = 1;
    if (words.size() > 1 && words.get(1).matches("[a-z]+") && !isOption(words.get(1))) {
      if (!words.get(1).equals("smtp")) {
        migration.impossible(
            place, host + " " + words.get(1), "Postrider speaks SMTP with servers, not this");
        return Optional.empty();
      }
      from = 2;
    }
    Map<String, String> options = new HashMap<>();
    for (String word : words.subList(from, words.size())) {
      String plain = word.startsWith("--") ? word.substring(2) : word;
      int equal = plain.indexOf('=');
      String name = equal < 0 ? plain : plain.substring(0, equal);
      options.put(name, equal < 0 ? "" : plain.substring(equal + 1));
    }
    boolean tls = options.containsKey("tls") || options.containsKey("ssl");
    boolean verified = !options.containsKey("insecure");
    Relay.Protection protection =
        tls
            ? verified ? Relay.Protection.WRAPPED_VERIFIED : Relay.Protection.WRAPPED
            : !options.containsKey("starttls")
                ? Relay.Protection.NONE
                : verified ? Relay.Protection.STARTTLS_VERIFIED : Relay.Protection.STARTTLS;
    int port = Relay.port(options.getOrDefault("port", tls ? "465" : "25"));
    if (port == 0) {
      migration.impossible(
          place, host + " port=" + options.getOrDefault("port", ""), "this is no port");
      return Optional.empty();
    }
    return Optional.of(
        new NullmailerRemote(
            place,
            new Relay(host, port, protection),
            Map.copyOf(options),
            options.getOrDefault("x509cafile", ""),
            sources));
  }

  private static boolean isOption(String word) {
    return Set.of("starttls", "tls", "ssl", "insecure").contains(word);
  }

  /** As a person knows it; without the password. */
  String said() {
    StringBuilder text = new StringBuilder(relay.host());
    options.keySet().stream()
        .sorted()
        .forEach(name ->
            text.append(' ').append(name).append(shown(name, options.getOrDefault(name, ""))));
    return text.toString();
  }

  private static String shown(String name, String value) {
    return value.isEmpty() ? "" : name.equals("pass") ? "=..." : "=" + value;
  }

  /** Writes it as the server that all mail goes to. */
  void write(Migration migration) {
    relay.write(migration, place, said());
    relay.writeProtection(migration, place, said());
    if (relay.protection().verified()) {
      if (trust.isEmpty()) {
        Authorities.ofSystem(sources, migration, place, said());
      } else {
        migration.understood(place, said(), "smtp_tls_CAfile", Migration.literal(trust));
      }
    } else if (relay.protection() != Relay.Protection.NONE) {
      migration.differs(
          place,
          "insecure",
          "as before, nobody checks that the server is the right one: smtp_tls_security_level ="
              + " secure does");
    }
    writeLogin(migration);
    for (String name : options.keySet().stream().sorted().toList()) {
      option(migration, name, options.getOrDefault(name, ""));
    }
  }

  /** Writes the login. */
  void writeLogin(Migration migration) {
    if (!options.containsKey("user") || !options.containsKey("pass")) {
      return;
    }
    relay.writeSecurityOptions(migration, relay.protection() == Relay.Protection.NONE);
    if (relay.protection() == Relay.Protection.NONE) {
      migration.differs(
          place,
          said(),
          "as before, the password goes over the net in clear text: add starttls or tls");
    }
    migration.login(
        place,
        new Password(
            relay.nextHop(), options.getOrDefault("user", ""), options.getOrDefault("pass", "")));
  }

  private void option(Migration migration, String name, String value) {
    switch (name) {
      case "port", "user", "pass", "tls", "ssl", "starttls", "insecure", "x509cafile" -> {}
      case "auth-login" -> migration.understood(place, name, "smtp_sasl_mechanism_filter", "login");
      case "source" -> {
        if (value.matches("[0-9A-Fa-f.:]+")) {
          migration.understood(
              place,
              name + "=" + value,
              value.indexOf(':') < 0 ? "smtp_bind_address" : "smtp_bind_address6",
              value);
        } else {
          migration.impossible(place, name + "=" + value, "name the address, not a host");
        }
      }
      case "x509certfile", "x509keyfile" ->
          migration.impossible(
              place,
              name + "=" + value,
              "Postrider shows no certificate of its own to servers yet");
      case "tls-anon-auth" ->
          migration.impossible(place, name, "a connection with nobody is not made");
      default -> {
        if (WITHOUT_MEANING.contains(name)) {
          migration.impossible(place, name, "files are PEM, and revocation lists are not read");
        } else {
          migration.unknown(place, name);
        }
      }
    }
  }
}
