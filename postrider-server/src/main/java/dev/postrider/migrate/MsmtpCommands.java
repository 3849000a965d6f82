package dev.postrider.migrate;

import dev.postrider.migrate.MsmtpFile.Value;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The commands of one account of msmtp(1), and which of them were looked at. For one thread. */
final class MsmtpCommands {
  private final Map<String, Value> commands;
  private final Place whole;
  private final Set<String> used = new HashSet<>();

  /**
   * Those of an account.
   *
   * @param whole where to look for what is not set
   */
  MsmtpCommands(Map<String, Value> commands, Place whole) {
    this.commands = commands;
    this.whole = whole;
  }

  /** Looks at a command; null if it is not set. */
  @Nullable Value find(String command) {
    used.add(command);
    return commands.get(command);
  }

  /** Looks at its value; empty also if it is not set. */
  String value(String command) {
    Value value = find(command);
    return value == null ? "" : value.value();
  }

  boolean has(String command) {
    return commands.containsKey(command);
  }

  Place place(String command) {
    Value value = commands.get(command);
    return value == null ? whole : value.place();
  }

  String said(String command) {
    Value value = commands.get(command);
    return value == null ? command + " (not set)" : (command + " " + value.value()).strip();
  }

  /** What nobody looked at yet. */
  void unused(BiConsumer<String, Value> action) {
    commands.forEach((command, value) -> {
      if (!used.contains(command)) {
        action.accept(command, value);
      }
    });
  }
}
