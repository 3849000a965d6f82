package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.NameValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes, names, enables and takes away instances: {@code postmulti -e}. For one call. */
final class InstanceEditor {
  private static final String SAFE = "!@%-_=+:./";

  private final Invocation call;
  private final Config primary;
  private final Command postfix;
  private final QueueReader.StoppedQueue stoppedQueue;
  private final Consumer<String> warnings;

  /**
   * @param warnings takes what is left for a person to do
   */
  InstanceEditor(
      Invocation call,
      Config primary,
      Command postfix,
      QueueReader.StoppedQueue stoppedQueue,
      Consumer<String> warnings) {
    this.warnings = warnings;
    this.call = call;
    this.primary = primary;
    this.postfix = postfix;
    this.stoppedQueue = stoppedQueue;
  }

  /** {@code init}: has postfix(1) call the manager from now on. */
  int initialise() throws IOException {
    return postconf(
        primary.directory(),
        "-e",
        "multi_instance_wrapper = ${command_directory}/postmulti -p --",
        "multi_instance_enable = yes");
  }

  int edit(MailInstances instances, PostmultiRequest request)
      throws ConfigException, IOException, InterruptedException {
    if (request.mode().isAddition()) {
      return add(instances, request);
    }
    MailInstance target = instances.find(request.selection());
    if (request.mode() == PostmultiRequest.Mode.ASSIGN) {
      return assign(instances, target, request);
    }
    boolean removal =
        request.mode() == PostmultiRequest.Mode.DESTROY
            || request.mode() == PostmultiRequest.Mode.DEPORT;
    if (removal && target.primary()) {
      throw new ConfigException("Cannot remove the primary instance");
    }
    if (removal && target.enabled()) {
      throw new ConfigException(
          "Cannot remove enabled instances (first: postmulti -i "
              + (target.name().isEmpty() ? target.configDirectory() : target.name())
              + " -e disable)");
    }
    requireManager();
    Path directory = Path.of(target.configDirectory());
    return switch (request.mode()) {
      case ENABLE -> postconf(directory, "-e", "multi_instance_enable = yes");
      case DISABLE -> postconf(directory, "-e", "multi_instance_enable = no");
      case DEPORT -> {
        requireStopped(target);
        instances.remove(target);
        yield register(instances, target, true);
      }
      case DESTROY -> destroy(instances, target);
      case LIST, POSTFIX, COMMAND, CREATE, IMPORT, ASSIGN, INIT ->
          throw new IllegalStateException("no edit of an instance that is there: " + request);
    };
  }

  private int add(MailInstances instances, PostmultiRequest request)
      throws ConfigException, IOException, InterruptedException {
    checkNames(request);
    MailInstance added = described(instances, request);
    String name = request.newName();
    String group = request.newGroup();
    String oldName = added.name();
    String oldGroup = added.group();
    added = added.withNames(name == null ? oldName : name, group == null ? oldGroup : group);
    instances.addBefore(request.selection(), added);
    requireManager();
    Path directory = Path.of(added.configDirectory());
    if (!Files.isRegularFile(directory.resolve("main.cf"))
        || !Files.isRegularFile(directory.resolve("master.cf"))) {
      if (request.mode() == PostmultiRequest.Mode.IMPORT) {
        throw new ConfigException("'" + directory + "' lacks a main.cf or master.cf file");
      }
      new InstanceFiles(call, primary).make(added);
    }
    if (setNames(added, oldName, oldGroup) != 0 || register(instances, added, false) != 0) {
      return 1;
    }
    return postfix(added, "set-permissions");
  }

  /** What the settings say, else what the new name makes of the primary's directories. */
  private MailInstance described(MailInstances instances, PostmultiRequest request)
      throws ConfigException {
    boolean imported = request.mode() == PostmultiRequest.Mode.IMPORT;
    String config = "";
    String queue = "";
    String data = "";
    for (String operand : request.operands()) {
      NameValue setting = setting(operand);
      switch (setting.name()) {
        case "config_directory" -> config = directory(setting);
        case "queue_directory" ->
            queue = imported ? notValid(setting, request) : directory(setting);
        case "data_directory" -> data = imported ? notValid(setting, request) : directory(setting);
        default -> {
          String _ = notValid(setting, request);
        }
      }
    }
    String name = request.newName();
    if (config.isEmpty()) {
      config = beside("config_directory", primary.directory().toString(), name);
    }
    String owner = instances.ownerOf(config);
    if (owner != null) {
      throw new ConfigException(
          "new config_directory=%s is already in use by instance %s=%s"
              .formatted(config, owner, config));
    }
    if (imported) {
      return MailInstance.load(config);
    }
    if (queue.isEmpty()) {
      queue = beside("queue_directory", primary.text("queue_directory"), name);
    }
    if (data.isEmpty()) {
      data = beside("data_directory", primary.text("data_directory"), name);
    }
    return new MailInstance(config, queue, data, "", "", false, false);
  }

  private static NameValue setting(String operand) throws ConfigException {
    try {
      return NameValue.parse(operand);
    } catch (ConfigException e) {
      throw new ConfigException("Malformed parameter setting '" + operand + "'", e);
    }
  }

  private static String notValid(NameValue setting, PostmultiRequest request)
      throws ConfigException {
    throw new ConfigException(
        "Parameter '%s' not valid with action %s".formatted(setting.name(), request.mode().word));
  }

  private static String directory(NameValue setting) throws ConfigException {
    String value = setting.value();
    if (!value.startsWith("/")) {
      throw new ConfigException(
          "Parameter setting '%s' is not an absolute path (%s)".formatted(setting.name(), value));
    }
    int end = value.length();
    while (end > 1 && value.charAt(end - 1) == '/') {
      end--;
    }
    if (end == 1) {
      throw new ConfigException(
          "Parameter setting '%s' is the root directory".formatted(setting.name()));
    }
    return value.substring(0, end);
  }

  /** {@code /var/spool/postfix} and the name postfix-out make {@code /var/spool/postfix-out}. */
  private static String beside(String parameter, String primaryValue, @Nullable String name)
      throws ConfigException {
    if (name == null || name.isEmpty()) {
      throw new ConfigException(
          "Missing %s parameter value (give it, or a name with -I)".formatted(parameter));
    }
    if (!primaryValue.startsWith("/")) {
      throw new ConfigException(
          "Invalid default %s parameter value: '%s': specify an absolute pathname"
              .formatted(parameter, primaryValue));
    }
    return Path.of(primaryValue).resolveSibling(name).toString();
  }

  private static void checkNames(PostmultiRequest request) throws ConfigException {
    String name = request.newName();
    if (name != null && !name.isEmpty()) {
      if (!isSafe(name)) {
        throw new ConfigException("Unsafe characters in new instance name: '" + name + "'");
      }
      if (name.indexOf('/') >= 0) {
        throw new ConfigException("Illegal '/' character in new instance name: '" + name + "'");
      }
      if (!name.startsWith(InstanceSelection.PREFIX)) {
        throw new ConfigException("New instance name must start with 'postfix-'");
      }
    }
    String group = request.newGroup();
    if (group != null && !group.isEmpty() && !isSafe(group)) {
      throw new ConfigException("Unsafe characters in '-G " + group + "'");
    }
  }

  private static boolean isSafe(String text) {
    return text.chars().allMatch(c -> isLetterOrDigit(c) || SAFE.indexOf(c) >= 0);
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private int assign(MailInstances instances, MailInstance target, PostmultiRequest request)
      throws ConfigException, IOException {
    checkNames(request);
    String name = request.newName();
    String group = request.newGroup();
    if (name != null && !name.equals(target.name())) {
      instances.claim(target.configDirectory(), "multi_instance_name", name);
    }
    MailInstance renamed =
        target.withNames(
            name == null ? target.name() : name, group == null ? target.group() : group);
    if (renamed.equals(target)) {
      return 0;
    }
    requireManager();
    return setNames(renamed, target.name(), target.group());
  }

  private int setNames(MailInstance renamed, String oldName, String oldGroup) throws IOException {
    List<String> settings = new ArrayList<>(List.of("-e"));
    if (!renamed.name().equals(oldName)) {
      settings.add("multi_instance_name = " + renamed.name());
    }
    if (!renamed.group().equals(oldGroup)) {
      settings.add("multi_instance_group = " + renamed.group());
    }
    return settings.size() == 1
        ? 0
        : postconf(Path.of(renamed.configDirectory()), settings.toArray(String[]::new));
  }

  /**
   * Writes which instances there are into the primary's main.cf. One that is let go stays known as
   * a directory that sendmail -C may name.
   */
  private int register(MailInstances instances, MailInstance changed, boolean keepAlternate)
      throws IOException {
    List<String> settings =
        new ArrayList<>(List.of("-e", "multi_instance_directories = " + instances.directories()));
    List<String> alternate = new ArrayList<>(primary.list("alternate_config_directories"));
    String directory = changed.configDirectory();
    boolean known = alternate.contains(directory);
    if (keepAlternate != known) {
      alternate.removeIf(directory::equals);
      if (keepAlternate) {
        alternate.add(directory);
      }
      settings.add("alternate_config_directories = " + String.join(" ", alternate));
    }
    return postconf(primary.directory(), settings.toArray(String[]::new));
  }

  private int destroy(MailInstances instances, MailInstance target)
      throws ConfigException, IOException, InterruptedException {
    Path directory = Path.of(target.configDirectory());
    if (!Files.isRegularFile(directory.resolve("main.cf"))) {
      throw new ConfigException(directory + "/main.cf file not found");
    }
    requireStopped(target);
    requireEmpty(target);
    instances.remove(target);
    if (register(instances, target, false) != 0) {
      return 1;
    }
    new InstanceFiles(call, primary).remove(target, warnings);
    return 0;
  }

  private void requireManager() throws ConfigException {
    if (primary.text("multi_instance_wrapper").isEmpty()) {
      throw new ConfigException("multi_instance_wrapper is empty, run 'postmulti -e init' first.");
    }
    if (!primary.flag("multi_instance_enable")) {
      throw new ConfigException("multi_instance_enable!=yes, run 'postmulti -e init' first.");
    }
  }

  private static void requireStopped(MailInstance target) throws ConfigException {
    Path directory = Path.of(target.configDirectory());
    if (Files.isRegularFile(directory.resolve("main.cf"))
        && new DaemonProcess(Config.load(directory)).running().isPresent()) {
      throw new ConfigException(
          "Instance '%s' is not stopped (postfix -c %s stop)".formatted(directory, directory));
    }
  }

  /** Mail that waits would be lost with its queue. */
  private void requireEmpty(MailInstance target) throws ConfigException {
    Config config = Config.load(Path.of(target.configDirectory()));
    int[] messages = {0};
    if (Files.isDirectory(Path.of(target.queueDirectory(), "spool"))) {
      try {
        stoppedQueue.list(config, _ -> messages[0]++);
      } catch (IOException e) {
        throw new ConfigException(
            "Instance '%s': whether its queue is empty cannot be seen: %s"
                .formatted(target.configDirectory(), e.getMessage()),
            e);
      }
    }
    if (messages[0] > 0) {
      throw new ConfigException(
          "Instance '%1$s' has mail in its queue, %2$d message%3$s (deliver it, or take it away:"
                  .formatted(target.configDirectory(), messages[0], messages[0] == 1 ? "" : "s")
              + " postsuper -c "
              + target.configDirectory()
              + " -d ALL)");
    }
  }

  private int postconf(Path directory, String... arguments) throws IOException {
    return InstanceFiles.postconf(call, directory, arguments);
  }

  private int postfix(MailInstance instance, String word) throws IOException, InterruptedException {
    return postfix.run(call.as("postfix", List.of("-c", instance.configDirectory(), word)));
  }
}
