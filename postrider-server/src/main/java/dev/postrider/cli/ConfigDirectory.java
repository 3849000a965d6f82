package dev.postrider.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which configuration directory a command uses: its option, else MAIL_CONFIG, else the system's.
 */
final class ConfigDirectory {
  static final Path SYSTEM = Path.of("/etc/postfix");

  private ConfigDirectory() {}

  static Path of(Invocation call, Optional<String> option) {
    if (option.isPresent()) {
      return Path.of(option.get()).toAbsolutePath();
    }
    String environment = call.environment().getOrDefault("MAIL_CONFIG", "");
    return environment.isEmpty() ? SYSTEM : Path.of(environment).toAbsolutePath();
  }
}
