package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.nio.file.Path;

/**
 * One of several mail systems that share the programs and have directories of their own.
 *
 * @param name {@code multi_instance_name}; empty if it has none
 * @param group {@code multi_instance_group}; empty if it is in none
 * @param enabled whether it is started and stopped together with the others
 * @param primary whether it is the one of the system's configuration directory
 */
record MailInstance(
    String configDirectory,
    String queueDirectory,
    String dataDirectory,
    String name,
    String group,
    boolean enabled,
    boolean primary) {

  /** The one whose main.cf names the others. */
  static MailInstance primary(Config config) {
    return of(config.directory().toString(), config, true);
  }

  /**
   * Reads its main.cf.
   *
   * @throws ConfigException naming file, line and what is wrong there
   */
  static MailInstance load(String configDirectory) throws ConfigException {
    return of(configDirectory, Config.load(Path.of(configDirectory)), false);
  }

  private static MailInstance of(String directory, Config config, boolean primary) {
    return new MailInstance(
        directory,
        config.text("queue_directory"),
        config.text("data_directory"),
        config.text("multi_instance_name"),
        config.text("multi_instance_group"),
        config.flag("multi_instance_enable"),
        primary);
  }

  MailInstance withNames(String newName, String newGroup) {
    return new MailInstance(
        configDirectory, queueDirectory, dataDirectory, newName, newGroup, enabled, primary);
  }

  MailInstance asEnabled() {
    return new MailInstance(
        configDirectory, queueDirectory, dataDirectory, name, group, true, primary);
  }
}
