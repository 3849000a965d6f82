package dev.postrider.cli;

import dev.postrider.agent.ExportedEnvironment;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Hands a postfix(1) command for the system's configuration directory to the manager of several
 * instances, {@code multi_instance_wrapper}. postmulti(1), which is usual, is not started anew.
 */
final class InstanceWrapper {
  private final Command postmulti;

  InstanceWrapper(Command postmulti) {
    this.postmulti = postmulti;
  }

  /** Whether a command given without a configuration directory is about more than one instance. */
  static boolean concerns(Invocation call, Config config) {
    return !call.environment().containsKey("MAIL_CONFIG")
        && !config.list("multi_instance_directories").isEmpty();
  }

  /**
   * Runs it.
   *
   * @return the manager's exit code
   * @throws ConfigException if there is no manager
   */
  int run(Invocation call, Config config, List<String> operands)
      throws ConfigException, IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    for (String word : config.text("multi_instance_wrapper").split("[ \t\r\n]+", -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    if (words.isEmpty()) {
      throw new ConfigException(
          "multi-instance support is requested, but multi_instance_wrapper is empty"
              + " (set it: postmulti -e init)");
    }
    Path program = Path.of(words.getFirst());
    List<String> arguments = new ArrayList<>(words.subList(1, words.size()));
    arguments.addAll(operands);
    if (program.endsWith("postmulti")) {
      return postmulti.run(call.as("postmulti", arguments));
    }
    arguments.addFirst(CommandPlaces.find(words.getFirst(), path()));
    return start(call, config, arguments);
  }

  private static String path() {
    return CommandPlaces.own() + ":/bin:/usr/bin:/sbin:/usr/sbin";
  }

  private static int start(Invocation call, Config config, List<String> command)
      throws IOException, InterruptedException {
    Map<String, String> environment = ExportedEnvironment.imported(config, call.environment());
    environment.put("PATH", path());
    environment.put("MAIL_CONFIG", config.directory().toString());
    environment.put("command_directory", CommandPlaces.own().toString());
    environment.put("config_directory", config.directory().toString());
    for (String name :
        List.of(
            "daemon_directory",
            "data_directory",
            "meta_directory",
            "queue_directory",
            "mail_owner",
            "setgid_group")) {
      environment.put(name, config.text(name));
    }
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    Path queue = Path.of(config.text("queue_directory"));
    if (Files.isDirectory(queue)) {
      builder.directory(queue.toFile());
    }
    builder.environment().clear();
    builder.environment().putAll(environment);
    call.out().flush();
    call.err().flush();
    return builder.start().waitFor();
  }
}
