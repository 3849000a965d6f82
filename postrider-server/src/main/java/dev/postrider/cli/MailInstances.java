package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The instances of this machine in the order they are started in, the primary one first. Sees to it
 * that no two have a name or directory in common. For one thread.
 */
final class MailInstances {
  private final List<MailInstance> all = new ArrayList<>();

  /** Each name and directory, with the instance and parameter that has it. */
  private final Map<String, String> claims = new HashMap<>();

  private MailInstances() {}

  /**
   * Reads the main.cf of each.
   *
   * @throws ConfigException naming the file that cannot be read, or the two instances that have the
   *     same name or directory
   */
  static MailInstances load(Config primary) throws ConfigException {
    MailInstances instances = new MailInstances();
    List<String> directories = primary.list("multi_instance_directories");
    MailInstance first = MailInstance.primary(primary);
    // The only one is never left out for a setting that is about several.
    instances.add(directories.isEmpty() ? first.asEnabled() : first);
    for (String directory : directories) {
      instances.add(MailInstance.load(directory));
    }
    return instances;
  }

  List<MailInstance> all() {
    return List.copyOf(all);
  }

  /** Which instance has a directory or name, as {@code directory, parameter}; null if none. */
  @Nullable String ownerOf(String value) {
    return claims.get(value);
  }

  /**
   * The first that is selected.
   *
   * @throws ConfigException if there is none
   */
  MailInstance find(InstanceSelection selection) throws ConfigException {
    if (!(selection instanceof InstanceSelection.Name(String name))) {
      throw new ConfigException("Select an instance via '-i name'");
    }
    for (MailInstance instance : all) {
      if (selection.matches(instance)) {
        return instance;
      }
    }
    throw new ConfigException("No instance named " + name);
  }

  /** Puts a new one behind the others. */
  void add(MailInstance instance) throws ConfigException {
    claim(instance);
    all.add(instance);
  }

  /**
   * Puts a new one before the first selected one, which is never the primary; behind all others if
   * none was asked for.
   */
  void addBefore(InstanceSelection selection, MailInstance instance) throws ConfigException {
    if (selection instanceof InstanceSelection.None) {
      add(instance);
      return;
    }
    claim(instance);
    for (int i = 1; i < all.size(); i++) {
      if (selection.matches(all.get(i))) {
        all.add(i, instance);
        return;
      }
    }
    if (!(selection instanceof InstanceSelection.All)) {
      throw new ConfigException("No matching secondary instances");
    }
    all.add(instance);
  }

  void remove(MailInstance instance) {
    all.remove(instance);
  }

  /** What multi_instance_directories is to say. */
  String directories() {
    List<String> directories = new ArrayList<>();
    for (MailInstance instance : all.subList(1, all.size())) {
      directories.add(instance.configDirectory());
    }
    return String.join(" ", directories);
  }

  private void claim(MailInstance instance) throws ConfigException {
    String directory = instance.configDirectory();
    if (!instance.name().isEmpty()) {
      claim(directory, "multi_instance_name", instance.name());
    }
    claim(directory, "config_directory", directory);
    claim(directory, "queue_directory", instance.queueDirectory());
    claim(directory, "data_directory", instance.dataDirectory());
  }

  /** Takes a name or directory for an instance, unless another has it. */
  void claim(String configDirectory, String parameter, String value) throws ConfigException {
    String requester = configDirectory + ", " + parameter;
    String owner = claims.putIfAbsent(value, requester);
    if (owner != null && !owner.equals(requester)) {
      throw new ConfigException(
          "instance %s=%s conflicts with instance %s=%s".formatted(requester, value, owner, value));
    }
  }
}
