package dev.postrider.daemon;

import dev.postrider.config.ConfigException;
import dev.postrider.config.Parameter;
import dev.postrider.config.Registry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the environment of a container says: {@code POSTRIDER_<PARAMETER>} for a parameter of
 * main.cf, {@code POSTRIDER_SASL_USER} and {@code POSTRIDER_SASL_PASSWORD} for the login at the
 * relay, {@code POSTRIDER_PORT}; each also with {@code _FILE} for the name of a file that holds the
 * value. Immutable.
 *
 * @param parameters by their names in main.cf
 * @param login at the relay host
 * @param port where SMTP is listened for
 */
record ContainerSettings(
    Map<String, String> parameters, Optional<Login> login, Optional<Integer> port) {
  private static final String PREFIX = "POSTRIDER_";
  private static final String FILE = "_FILE";

  /** Set by the script that starts every command. */
  private static final Set<String> OF_THE_LAUNCHER = Set.of("HOME", "IN_TTY", "OUT_TTY", "ERR_TTY");

  private static final Set<String> OWN = Set.of("SASL_USER", "SASL_PASSWORD", "PORT");

  /** A name and a password. Neither is ever printed. */
  record Login(String user, String password) {
    @Override
    public String toString() {
      return "Login[not shown]";
    }
  }

  ContainerSettings {
    parameters = Map.copyOf(parameters);
  }

  /**
   * Reads the environment, and the files that it names.
   *
   * @throws ConfigException naming every variable that is wrong, and the remedy, but no value that
   *     may be a secret
   */
  static ContainerSettings of(Map<String, String> environment) throws ConfigException {
    Map<String, String> values = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
      if (!variable.getKey().startsWith(PREFIX)) {
        continue;
      }
      String name = variable.getKey().substring(PREFIX.length());
      if (OF_THE_LAUNCHER.contains(name)) {
        continue;
      }
      Optional<String> known = known(name);
      Optional<String> ofFile =
          name.endsWith(FILE)
              ? known(name.substring(0, name.length() - FILE.length()))
              : Optional.empty();
      String value = variable.getValue();
      if (known.isEmpty() && ofFile.isPresent()) {
        value = content(variable, problems);
        known = ofFile;
      }
      if (known.isEmpty()) {
        problems.add(
            variable.getKey()
                + ": main.cf has no parameter \""
                + name.toLowerCase(Locale.ROOT)
                + "\" (postconf -d lists them)");
      } else if (values.put(known.get(), value) != null) {
        problems.add(variable.getKey() + ": given as a value and as a file; leave one out");
      }
    }
    Optional<Login> login = login(values, problems);
    Optional<Integer> port = port(values.remove("PORT"), problems);
    values.replaceAll((_, value) -> value.replaceAll("\\s*\\R\\s*", " ").strip());
    if (login.isPresent() && values.getOrDefault("relayhost", "").isEmpty()) {
      problems.add(
          "POSTRIDER_SASL_USER: needs POSTRIDER_RELAYHOST, such as [smtp.example.com]:587");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(String.join("; ", problems));
    }
    return new ContainerSettings(values, login, port);
  }

  /** The parameter, or the word of our own, that a variable is for. */
  private static Optional<String> known(String name) {
    if (OWN.contains(name)) {
      return Optional.of(name);
    }
    String lower = name.toLowerCase(Locale.ROOT);
    for (String candidate : List.of(lower, "postrider_" + lower)) {
      Parameter found = Registry.get().find(candidate);
      if (found != null) {
        return Optional.of(found.name());
      }
    }
    // smtp_tls_CAfile and its like.
    return Registry.get().all().stream()
        .map(Parameter::name)
        .filter(parameter -> parameter.equalsIgnoreCase(name))
        .findFirst();
  }

  private static String content(Map.Entry<String, String> variable, List<String> problems) {
    Path file = Path.of(variable.getValue());
    try {
      return Files.readString(file, StandardCharsets.UTF_8).stripTrailing();
    } catch (IOException e) {
      problems.add(variable.getKey() + ": cannot read " + file + ": " + reason(e));
      return "";
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> "there is no such file";
      case java.nio.file.AccessDeniedException _ ->
          "permission denied (the container runs as uid 65532 unless told otherwise)";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static Optional<Login> login(Map<String, String> values, List<String> problems) {
    @Nullable String user = values.remove("SASL_USER");
    @Nullable String password = values.remove("SASL_PASSWORD");
    if (user == null && password == null) {
      return Optional.empty();
    }
    if (user == null || user.isEmpty() || password == null || password.isEmpty()) {
      problems.add("POSTRIDER_SASL_USER and POSTRIDER_SASL_PASSWORD: one has no value");
      return Optional.empty();
    }
    if ((user + password).chars().anyMatch(Character::isISOControl)
        || user.contains(":")
        || user.chars().anyMatch(Character::isWhitespace)
        || !password.equals(password.strip())) {
      problems.add(
          "POSTRIDER_SASL_USER and POSTRIDER_SASL_PASSWORD: a user with a space or colon, or a"
              + " password that begins or ends with a space or has a line break, cannot be written"
              + " into a password table");
      return Optional.empty();
    }
    return Optional.of(new Login(user, password));
  }

  private static Optional<Integer> port(@Nullable String value, List<String> problems) {
    if (value == null) {
      return Optional.empty();
    }
    try {
      int port = Integer.parseInt(value);
      if (port > 0 && port < 65536) {
        return Optional.of(port);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    problems.add("POSTRIDER_PORT: \"" + value + "\" is no port (a number from 1 to 65535)");
    return Optional.empty();
  }
}
