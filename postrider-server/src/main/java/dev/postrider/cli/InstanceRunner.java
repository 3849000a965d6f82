package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs one command for each selected instance, {@code postmulti -p} and {@code -x}. */
final class InstanceRunner {
  private final Invocation call;
  private final Config primary;
  private final List<MailInstance> instances;
  private final Command postfix;

  InstanceRunner(Invocation call, Config primary, List<MailInstance> instances, Command postfix) {
    this.call = call;
    this.primary = primary;
    this.instances = instances;
    this.postfix = postfix;
  }

  /**
   * Runs a postfix(1) command, in the order and for the instances that suit it: what stops begins
   * with the last, and disabled ones are left out; where others start, they are checked.
   *
   * @return 0 if it was done for all, else 1
   */
  int postfix(InstanceSelection selection, List<String> command)
      throws IOException, InterruptedException, ConfigException {
    String word = command.getFirst();
    boolean starts = primary.list("postmulti_start_commands").contains(word);
    boolean stops = primary.list("postmulti_stop_commands").contains(word);
    boolean controls = primary.list("postmulti_control_commands").contains(word);
    boolean onlyEnabled = !starts && (stops || controls);
    List<MailInstance> chosen = new ArrayList<>();
    for (MailInstance instance : !starts && stops ? instances.reversed() : instances) {
      if (selection.matches(instance) && (instance.enabled() || !onlyEnabled)) {
        chosen.add(instance);
      }
    }
    refuseNone(chosen);
    if (word.equals("start-fg") && chosen.size() > 1) {
      // The first would be waited for, and the others never started.
      throw new ConfigException(
          "start-fg does not support multi_instance_directories (start each one by itself:"
              + " postfix -c config_dir start-fg)");
    }
    int code = 0;
    for (MailInstance instance : chosen) {
      List<String> arguments = new ArrayList<>(List.of("--"));
      arguments.addAll(command);
      if (starts && !instance.enabled()) {
        arguments.set(1, "check");
      }
      if (postfix(instance, arguments) != 0) {
        code = 1;
      }
    }
    return code;
  }

  private int postfix(MailInstance instance, List<String> arguments) throws InterruptedException {
    Map<String, String> environment = new java.util.HashMap<>(call.environment());
    environment.put("MAIL_CONFIG", instance.configDirectory());
    Invocation own =
        new Invocation("postfix", arguments, environment, call.in(), call.out(), call.err());
    try {
      return postfix.run(own);
    } catch (IOException e) {
      // The others are not to suffer for it.
      call.err().println("postfix: fatal: " + instance.configDirectory() + ": " + e.getMessage());
      return 1;
    }
  }

  /**
   * Runs any command, with the instance's directories in its environment.
   *
   * @return 0 if all ended with 0, else 1
   */
  int command(InstanceSelection selection, boolean reverse, List<String> command)
      throws InterruptedException, ConfigException {
    List<MailInstance> chosen = new ArrayList<>();
    for (MailInstance instance : reverse ? instances.reversed() : instances) {
      if (selection.matches(instance)) {
        chosen.add(instance);
      }
    }
    refuseNone(chosen);
    int code = 0;
    for (MailInstance instance : chosen) {
      if (command(instance, command) != 0) {
        code = 1;
      }
    }
    return code;
  }

  private int command(MailInstance instance, List<String> command) throws InterruptedException {
    Map<String, String> environment = CommandPlaces.environment(call);
    String own = CommandPlaces.own().toString();
    String path = own + ":" + environment.getOrDefault("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    environment.put("PATH", path);
    environment.put("MAIL_CONFIG", instance.configDirectory());
    environment.put("command_directory", own);
    environment.put("daemon_directory", primary.text("daemon_directory"));
    environment.put("config_directory", instance.configDirectory());
    environment.put("queue_directory", instance.queueDirectory());
    environment.put("data_directory", instance.dataDirectory());
    environment.put("multi_instance_name", instance.name());
    environment.put("multi_instance_group", instance.group());
    environment.put("multi_instance_enable", instance.enabled() ? "yes" : "no");
    List<String> words = new ArrayList<>(command);
    words.set(0, CommandPlaces.find(command.getFirst(), path));
    ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
    builder.environment().clear();
    builder.environment().putAll(environment);
    // What was printed so far comes before what the program prints.
    call.out().flush();
    call.err().flush();
    try {
      return builder.start().waitFor();
    } catch (IOException e) {
      call.fatal("cannot run " + command.getFirst() + ": " + e.getMessage());
      return 1;
    }
  }

  private static void refuseNone(List<MailInstance> chosen) throws ConfigException {
    if (chosen.isEmpty()) {
      throw new ConfigException("No matching instances");
    }
  }
}
