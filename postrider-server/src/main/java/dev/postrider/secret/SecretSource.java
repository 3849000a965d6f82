package dev.postrider.secret;

import dev.postrider.config.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a secret comes from, as it is written beside a login: {@code file:PATH}, {@code
 * systemd:NAME}, {@code env:NAME}, {@code command:TEXT}, {@code keychain:SERVICE}, {@code
 * service:attribute=value …} or {@code oauth:ACCOUNT}. Tells no secret. Immutable.
 */
public sealed interface SecretSource {
  /** One that holds the secret itself. */
  sealed interface Stored extends SecretSource {}

  /** The first line of a file. */
  record File(Path path) implements Stored {
    @Override
    public String text() {
      return "file:" + path;
    }
  }

  /**
   * A credential of systemd: by its name one that the service was given, by an absolute path a file
   * of systemd-creds(1).
   */
  record Systemd(String name) implements Stored {
    @Override
    public String text() {
      return "systemd:" + name;
    }
  }

  /** A variable of the daemon's environment. */
  record Environment(String name) implements Stored {
    @Override
    public String text() {
      return "env:" + name;
    }
  }

  /** The first line that a command of the shell prints. */
  record Command(String command) implements Stored {
    @Override
    public String text() {
      return "command:" + command;
    }

    /** The rest of a command may be nobody's business, so that messages have its first word. */
    @Override
    public String label() {
      String first = command.strip().split("\\s", 2)[0];
      return "command:" + first + (first.length() < command.strip().length() ? " ..." : "");
    }
  }

  /** An item of the keychain of macOS, by its service and perhaps an account. */
  record Keychain(String service, String account) implements Stored {
    @Override
    public String text() {
      return "keychain:" + service + (account.isEmpty() ? "" : " " + account);
    }
  }

  /**
   * An item of the desktop's secret service.
   *
   * @param attributes names and values in turn
   */
  record Service(List<String> attributes) implements Stored {
    public Service {
      attributes = List.copyOf(attributes);
    }

    @Override
    public String text() {
      StringBuilder text = new StringBuilder("service:");
      for (int i = 0; i < attributes.size(); i += 2) {
        text.append(i == 0 ? "" : " ").append(attributes.get(i)).append('=');
        text.append(attributes.get(i + 1));
      }
      return text.toString();
    }
  }

  /** A token that {@code postrider login} has got leave for. */
  record OAuth(String account) implements SecretSource {
    @Override
    public String text() {
      return "oauth:" + account;
    }
  }

  /** As it is written. */
  String text();

  /** As messages name it. */
  default String label() {
    return text();
  }

  /**
   * Reads one.
   *
   * @throws ConfigException that names the text and what can be written there
   */
  static SecretSource parse(String text) throws ConfigException {
    int colon = text.indexOf(':');
    String rest = colon < 0 ? "" : text.substring(colon + 1).strip();
    if (rest.isEmpty()) {
      throw wrong(text);
    }
    return switch (text.substring(0, colon)) {
      case "file" -> file(rest);
      case "systemd" -> systemd(rest);
      case "env" -> environment(rest);
      case "command" -> new Command(rest);
      case "keychain" -> {
        String[] words = rest.split("\\s+", 2);
        yield new Keychain(words[0], words.length > 1 ? words[1] : "");
      }
      case "service" -> service(rest);
      case "oauth" -> new OAuth(rest);
      default -> throw wrong(text);
    };
  }

  private static SecretSource file(String rest) throws ConfigException {
    try {
      Path path = Path.of(rest);
      if (path.isAbsolute()) {
        return new File(path);
      }
    } catch (InvalidPathException _) {
      // Said below.
    }
    throw new ConfigException("file:" + rest + ": write the whole path, which begins with /");
  }

  private static SecretSource systemd(String rest) throws ConfigException {
    if (!rest.startsWith("/") && (rest.indexOf('/') >= 0 || rest.equals(".."))) {
      throw new ConfigException(
          "systemd:" + rest + ": write the name of a credential, or a path that begins with /");
    }
    return new Systemd(rest);
  }

  private static SecretSource environment(String rest) throws ConfigException {
    if (!rest.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new ConfigException("env:" + rest + ": that is no name of a variable");
    }
    return new Environment(rest);
  }

  private static SecretSource service(String rest) throws ConfigException {
    List<String> attributes = new ArrayList<>();
    for (String pair : rest.split("\\s+")) {
      int equals = pair.indexOf('=');
      if (equals <= 0 || pair.startsWith("-")) {
        throw new ConfigException(
            "service:" + rest + ": write attribute=value, several with spaces between them");
      }
      attributes.add(pair.substring(0, equals));
      attributes.add(pair.substring(equals + 1));
    }
    return new Service(attributes);
  }

  private static ConfigException wrong(String text) {
    int colon = text.indexOf(':');
    // Whoever writes the password there must not find it in the log.
    String shown = colon < 0 ? "(a text without a colon)" : text.substring(0, colon + 1);
    return new ConfigException(
        shown
            + " names no source of a secret: use file:PATH, systemd:NAME, env:NAME, command:TEXT,"
            + " keychain:SERVICE, service:attribute=value or oauth:ACCOUNT");
  }
}
