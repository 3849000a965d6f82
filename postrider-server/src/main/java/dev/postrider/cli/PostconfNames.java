package dev.postrider.cli;

import dev.postrider.config.ComputedDefaults;
import dev.postrider.config.ConfigException;
import dev.postrider.config.Expansion;
import dev.postrider.config.MainFile;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.NameValue;
import dev.postrider.config.Parameter;
import dev.postrider.config.Registry;
import dev.postrider.config.ServiceEntry;
import dev.postrider.config.ServiceParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All names that postconf knows in one run: built-in ones, those that services bring, and the
 * user's own; with the settings of main.cf and of each service. For one thread.
 *
 * <p>Unlike {@link dev.postrider.config.Config} it takes values as they are: a tool that mends a
 * configuration must not refuse to look at it.
 */
final class PostconfNames {
  /**
   * A service with its settings.
   *
   * @param space name and type, as messages show it
   * @param settings its {@code -o}, by name; services of one name and type share them
   * @param valid names that are used though no program defines them
   */
  record Service(
      ServiceEntry entry, String space, Map<String, String> settings, Set<String> valid) {}

  final Map<String, String> main;
  final List<Service> services;
  private final Path directory;
  private final Map<String, Parameter> serviceParameters = new TreeMap<>();
  private final Set<String> userNames = new HashSet<>();
  private final Set<String> computing = new HashSet<>();
  private final boolean defaultsOnly;

  private PostconfNames(
      Path directory, Map<String, String> main, List<Service> services, boolean defaultsOnly) {
    this.directory = directory;
    this.main = main;
    this.services = services;
    this.defaultsOnly = defaultsOnly;
  }

  static PostconfNames load(Invocation call, PostconfRequest request) throws ConfigException {
    boolean defaults = request.has(PostconfMode.DEFAULTS);
    boolean mainMode = request.has(PostconfMode.MAIN);
    List<Service> services = new ArrayList<>();
    Map<String, String> main = new LinkedHashMap<>();
    if (!mainMode) {
      services = services(call, request.directory(), true);
    }
    if (!defaults) {
      main = main(call, request);
    }
    if (mainMode) {
      services = services(call, request.directory(), false);
    }
    PostconfNames names = new PostconfNames(request.directory(), main, services, defaults);
    for (Service service : services) {
      for (Parameter own : ServiceParameters.of(service.entry(), Registry.get())) {
        names.serviceParameters.put(own.name(), own);
      }
    }
    if (!defaults) {
      new PostconfUserNames(call, request.directory(), names).register();
    }
    return names;
  }

  private static Map<String, String> main(Invocation call, PostconfRequest request)
      throws ConfigException {
    MainFile file = mainFile(call, request.directory().resolve("main.cf"));
    Map<String, String> main = new LinkedHashMap<>();
    file.settings().forEach((name, setting) -> main.put(name, setting.value()));
    if (request.directoryGiven()) {
      main.putIfAbsent("config_directory", request.directory().toString());
    }
    for (String override : request.overrides()) {
      try {
        NameValue pair = NameValue.parse(override);
        main.put(pair.name(), pair.value());
      } catch (ConfigException e) {
        throw new ConfigException(
            "invalid parameter override: " + override + ": " + e.getMessage(), e);
      }
    }
    return main;
  }

  private static MainFile mainFile(Invocation call, Path path) throws ConfigException {
    List<String> warnings = new ArrayList<>();
    try {
      return MainFile.load(path, warnings);
    } finally {
      warnings.forEach(call::warning);
    }
  }

  private static List<Service> services(Invocation call, Path directory, boolean needed)
      throws ConfigException {
    MasterConfig master;
    try {
      master = MasterConfig.load(directory);
    } catch (ConfigException e) {
      String message = String.valueOf(e.getMessage());
      if (needed || !message.startsWith("open ")) {
        throw e;
      }
      call.warning(message);
      return new ArrayList<>();
    }
    master.warnings().forEach(call::warning);
    List<Service> services = new ArrayList<>();
    Map<String, Map<String, String>> shared = new LinkedHashMap<>();
    for (ServiceEntry entry : master.services()) {
      String space = entry.name() + "/" + entry.type();
      Map<String, String> settings = shared.computeIfAbsent(space, _ -> new LinkedHashMap<>());
      settings.putAll(entry.overrides());
      services.add(new Service(entry, space, settings, new HashSet<>()));
    }
    return services;
  }

  /** The definition of a built-in name or one that a service brings; null for the user's own. */
  @Nullable Parameter defined(String name) {
    Parameter own = serviceParameters.get(name);
    return own != null ? own : Registry.get().builtIn(name);
  }

  boolean known(String name) {
    return userNames.contains(name) || defined(name) != null;
  }

  void addUserName(String name) {
    userNames.add(name);
  }

  PostconfClass classOf(String name) {
    Parameter parameter = defined(name);
    if (parameter == null || parameter.type() == Parameter.Type.LEGACY) {
      return PostconfClass.USER;
    }
    return parameter.derived() ? PostconfClass.SERVICE : PostconfClass.BUILTIN;
  }

  boolean raw(String name) {
    Parameter parameter = defined(name);
    return parameter != null && parameter.type() == Parameter.Type.RAW;
  }

  /** Every name there is, sorted, old names only where they are set. */
  List<String> all() {
    Set<String> names = new java.util.TreeSet<>(serviceParameters.keySet());
    names.addAll(userNames);
    for (Parameter parameter : Registry.get().all()) {
      if (parameter.type() != Parameter.Type.LEGACY || main.containsKey(parameter.name())) {
        names.add(parameter.name());
      }
    }
    return List.copyOf(names);
  }

  /** The value as written, else the default, unexpanded; null if there is neither. */
  @Nullable String value(String name, @Nullable Service scope) {
    if (scope != null && !defaultsOnly) {
      String local = local(name, scope);
      if (local != null) {
        return local;
      }
    }
    String set = defaultsOnly ? null : main.get(name);
    return set != null ? set : defaultOf(name);
  }

  private static @Nullable String local(String name, Service scope) {
    return switch (name) {
      case "process_name" -> lastPart(scope.entry().command());
      case "service_name" -> scope.entry().name();
      default -> scope.settings().get(name);
    };
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private @Nullable String defaultOf(String name) {
    Parameter parameter = defined(name);
    if (parameter == null) {
      return userNames.contains(name) ? "" : null;
    }
    return switch (name) {
      case "myhostname", "mydomain", "mynetworks" -> computed(name);
      case "process_name" -> "postconf";
      case "process_id" -> Long.toString(ProcessHandle.current().pid());
      default -> parameter.defaultValue();
    };
  }

  /** A default that is made from other parameters; empty where one of those mentions it. */
  private String computed(String name) {
    if (!computing.add(name)) {
      return "";
    }
    try {
      return switch (name) {
        case "myhostname" ->
            ComputedDefaults.hostName(main.containsKey("mydomain") ? text("mydomain") : "");
        case "mydomain" -> ComputedDefaults.domain(text("myhostname"));
        default ->
            ComputedDefaults.networks(
                text("inet_interfaces"), text("mynetworks_style"), text("inet_protocols"));
      };
    } finally {
      computing.remove(name);
    }
  }

  private String text(String name) {
    try {
      return expanded(String.valueOf(value(name, null)), null);
    } catch (ConfigException e) {
      return "";
    }
  }

  /**
   * A value with every name in it replaced.
   *
   * @throws ConfigException after which Postfix says only {@code macro processing error}
   */
  String expanded(String value, @Nullable Service scope) throws ConfigException {
    return Expansion.expand(value, lookup(scope));
  }

  private Expansion.Names lookup(@Nullable Service scope) {
    return new Expansion.Names() {
      @Override
      public @Nullable String value(String name) {
        return PostconfNames.this.value(name, scope);
      }

      @Override
      public boolean raw(String name) {
        return PostconfNames.this.raw(name);
      }
    };
  }

  Path mainFile() {
    return directory.resolve("main.cf");
  }

  Path masterFile() {
    return directory.resolve("master.cf");
  }
}
