package dev.postrider.doctor;

import dev.postrider.config.Config;
import dev.postrider.config.MasterConfig;
import java.nio.file.Path;

/**
 * The installation that is looked at, and how commands name it. Immutable.
 *
 * @param config main.cf
 * @param master master.cf, without services if there is none
 * @param option what makes commands mean this instance: {@code -c DIR}, or empty for the usual one
 */
public record Subject(Config config, MasterConfig master, String option) {
  /** A command of the mail system for this instance, such as {@code postfix -c DIR start}. */
  String command(String name, String arguments) {
    return (name + (option.isEmpty() ? "" : " " + option) + " " + arguments).strip();
  }

  /** The command that writes a setting. */
  String set(String name, String value) {
    return command("postconf", "-e '" + name + " = " + value + "'");
  }

  /** The command that has a running daemon take changed settings. */
  String reload() {
    return command("postfix", "reload");
  }

  /** Where a setting stands: {@code main.cf, line 3: name = value}, or that it is the default. */
  String setting(String name) {
    int line = config.line(name);
    String value = name + " = " + config.text(name);
    return line > 0
        ? config.directory().resolve("main.cf") + ", line " + line + ": " + value
        : value + " (the default)";
  }

  Path queueDirectory() {
    return Path.of(config.text("queue_directory"));
  }

  Path main() {
    return config.directory().resolve("main.cf");
  }
}
