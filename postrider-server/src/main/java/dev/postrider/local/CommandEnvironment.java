package dev.postrider.local;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a command (local(8)): what export_environment lets through, the PATH, and what
 * is known of the mail, without characters that mean something to a shell. Stateless.
 */
final class CommandEnvironment {
  private CommandEnvironment() {}

  static Map<String, String> of(Scope scope, LocalSettings settings) {
    Map<String, String> environment = exported(settings);
    environment.put("PATH", CommandLine.PATH);
    Name name = scope.name();
    Map<String, @Nullable String> facts = new HashMap<>();
    facts.put("HOME", scope.rights().home());
    facts.put("LOGNAME", name.user());
    facts.put("USER", name.user());
    facts.put("SENDER", scope.sender().internal());
    facts.put("RECIPIENT", scope.address().internal());
    facts.put("LOCAL", name.local());
    facts.put("SHELL", scope.rights().shell());
    facts.put("DOMAIN", name.domain());
    facts.put("EXTENSION", name.extension());
    facts.put("ORIGINAL_RECIPIENT", scope.known() ? scope.recipient().original().internal() : null);
    facts.forEach((key, value) -> {
      if (value != null) {
        environment.put(key, Patterns.filtered(value, settings.commandFilter));
      }
    });
    return environment;
  }

  /** {@code name} for our own value, {@code name=value} for another. */
  private static Map<String, String> exported(LocalSettings settings) {
    Map<String, String> environment = new HashMap<>();
    for (String each : settings.exported) {
      String text =
          each.startsWith("{") && each.endsWith("}")
              ? each.substring(1, each.length() - 1).strip()
              : each;
      int equals = text.indexOf('=');
      if (equals > 0) {
        environment.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
      } else if (text.equals("MAIL_CONFIG")) {
        environment.put(text, settings.configDirectory);
      } else {
        @Nullable String own = imported(text, settings);
        if (own != null) {
          environment.put(text, own);
        }
      }
    }
    return environment;
  }

  /** What the mail system itself has, as far as import_environment lets it in. */
  private static @Nullable String imported(String name, LocalSettings settings) {
    for (String each : settings.imported) {
      if (each.equals(name)) {
        return System.getenv(name);
      }
      if (each.startsWith(name + "=")) {
        return each.substring(name.length() + 1);
      }
    }
    return null;
  }
}
