package dev.postrider.local;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a command (local(8)): what every command inherits, and what is known of the
 * mail, without characters that mean something to a shell. Stateless.
 */
final class CommandEnvironment {
  private CommandEnvironment() {}

  static Map<String, String> of(Scope scope, LocalSettings settings) {
    Map<String, String> environment = new HashMap<>(settings.environment);
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
}
