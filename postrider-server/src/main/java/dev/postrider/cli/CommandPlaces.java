package dev.postrider.cli;

import java.nio.file.Files;
import java.nio.file.Path;
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
