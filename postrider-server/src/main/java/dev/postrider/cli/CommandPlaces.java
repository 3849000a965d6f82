package dev.postrider.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where programs are that a command starts, and with what environment. Functions only. */
final class CommandPlaces {
  /** What the script that starts the JVM tells it; programs that it starts are told anew. */
  private static final String OWN = "POSTRIDER_";

  private CommandPlaces() {}

  /** The directory of our own commands. */
  static Path own() {
    String home = System.getenv().getOrDefault("POSTRIDER_HOME", ".");
    return Path.of(home, "bin").toAbsolutePath().normalize();
  }

  /** The caller's environment, without what is only about this process. */
  static Map<String, String> environment(Invocation call) {
    Map<String, String> environment = new TreeMap<>(call.environment());
    environment.keySet().removeIf(name -> name.startsWith(OWN));
    return environment;
  }

  /**
   * Only what {@code import_environment} lets in: names, and {@code name=value}.
   *
   * @param imported the value of that parameter
   */
  static Map<String, String> imported(Invocation call, List<String> imported) {
    Map<String, String> environment = new TreeMap<>();
    for (String item : imported) {
      String entry = item.startsWith("{") ? item.substring(1, item.length() - 1).strip() : item;
      int equals = entry.indexOf('=');
      if (equals > 0) {
        environment.put(entry.substring(0, equals), entry.substring(equals + 1));
        continue;
      }
      String value = call.environment().get(entry);
      if (value != null) {
        environment.put(entry, value);
      }
    }
    return environment;
  }

  /** Finds a program as execvp(3) does: a name with a slash is a path, others are on the PATH. */
  static String find(String program, String path) {
    if (program.indexOf('/') >= 0) {
      return program;
    }
    for (String directory : path.split(":", -1)) {
      Path candidate = Path.of(directory.isEmpty() ? "." : directory, program);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    return program;
  }
}
