package dev.postrider.local;

import dev.postrider.mail.envelope.Client;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a command (local(8)): what every command inherits, and what is known of the
 * mail, without characters that mean something to a shell. Stateless.
 */
final class CommandEnvironment {
  private CommandEnvironment() {}

  static Map<String, String> of(Scope scope, Client client, LocalSettings settings) {
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
    facts.put("CLIENT_HOSTNAME", known(client.name()));
    facts.put("CLIENT_ADDRESS", known(client.literal()));
    facts.put("CLIENT_HELO", known(client.helo()));
    facts.put("CLIENT_PROTOCOL", known(client.protocol()));
    facts.put("SASL_METHOD", known(client.saslMethod()));
    facts.put("SASL_SENDER", known(client.saslSender()));
    facts.put("SASL_USERNAME", known(client.saslUsername()));
    facts.forEach((key, value) -> {
      if (value != null) {
        environment.put(key, Patterns.filtered(value, settings.commandFilter));
      }
    });
    return environment;
  }

  /** A variable is not there at all where nothing is known. */
  private static @Nullable String known(String text) {
    return text.isEmpty() ? null : text;
  }
}
