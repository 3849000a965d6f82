package dev.postrider.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of main.cf: every parameter by name, typed, expanded. Immutable and safe on any
 * thread; a reload makes a new one.
 *
 * <p>Reading a parameter that the registry does not know, or by another type, is a bug and throws
 * {@link IllegalArgumentException}. Values are checked when the snapshot is made, so that reading
 * never fails.
 */
public final class Config {
  /** The defaults that the thread is making, to notice one that is made from itself. */
  private static final ThreadLocal<Set<String>> COMPUTING = ThreadLocal.withInitial(HashSet::new);

  private final Path directory;
  private final Map<String, MainFile.Setting> settings;
  private final List<String> warnings;
  private final Names names;
  private final Map<String, String> expanded = new ConcurrentHashMap<>();

  private Config(Path directory, Map<String, MainFile.Setting> settings, List<String> warnings) {
    this.directory = directory;
    this.settings = settings;
    this.warnings = warnings;
    this.names = new Names(this);
  }

  /**
   * Reads {@code main.cf} of a configuration directory.
   *
   * @throws ConfigException naming file, line, parameter, value and remedy
   */
  public static Config load(Path directory) throws ConfigException {
    Path file = directory.resolve("main.cf");
    MainFile main = MainFile.load(file);
    List<String> warnings = new ArrayList<>(main.warnings());
    Map<String, MainFile.Setting> settings = new LinkedHashMap<>(main.settings());
    for (Map.Entry<String, MainFile.Setting> entry : main.settings().entrySet()) {
      Parameter parameter = Registry.get().builtIn(entry.getKey());
      if (parameter != null && parameter.type() == Parameter.Type.READ_ONLY) {
        settings.remove(entry.getKey());
        warnings.add(
            "%s: read-only parameter assignment: %s=%s"
                .formatted(file, entry.getKey(), entry.getValue().value()));
      }
    }
    Config config = new Config(directory, settings, List.copyOf(warnings));
    config.checkValues();
    return config;
  }

  /**
   * For tests and tools: settings without a file.
   *
   * @throws IllegalArgumentException if a value does not fit its parameter
   */
  public static Config of(Path directory, Map<String, String> settings) {
    return new Config(directory, Map.of(), List.of()).with(settings);
  }

  /**
   * The same snapshot with some settings replaced.
   *
   * @throws IllegalArgumentException if a value does not fit its parameter
   */
  public Config with(Map<String, String> overrides) {
    try {
      return overridden(overrides, "");
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * The same snapshot as one service sees it, with the {@code -o name=value} of its entry.
   *
   * @throws ConfigException naming file, line, parameter, value and remedy
   */
  public Config forService(ServiceEntry service) throws ConfigException {
    Map<String, String> overrides = new LinkedHashMap<>(service.overrides());
    overrides.put("service_name", service.name());
    overrides.put("process_name", service.command());
    return overridden(
        overrides, directory.resolve("master.cf") + ", line " + service.line() + ": ");
  }

  private Config overridden(Map<String, String> overrides, String place) throws ConfigException {
    Map<String, MainFile.Setting> merged = new LinkedHashMap<>(settings);
    for (Map.Entry<String, String> entry : overrides.entrySet()) {
      merged.put(entry.getKey(), new MainFile.Setting(entry.getValue(), 0));
    }
    Config config = new Config(directory, merged, warnings);
    for (String name : overrides.keySet()) {
      config.checkValue(name, place);
    }
    return config;
  }

  /** Where main.cf lies. */
  public Path directory() {
    return directory;
  }

  /** What was odd in the file but does not prevent its use, worded as Postfix does. */
  public List<String> warnings() {
    return warnings;
  }

  /** Whether main.cf (or an override) sets it. */
  public boolean isSet(String name) {
    return settings.containsKey(name);
  }

  /** The names that main.cf (or an override) sets, in the order of the file. */
  public Set<String> setNames() {
    return settings.keySet();
  }

  /** The expanded value; of a {@link Parameter.Type#RAW raw} parameter the value as written. */
  public String text(String name) {
    String known = expanded.get(name);
    if (known != null) {
      return known;
    }
    if (!settings.containsKey(name) && Registry.get().find(name) == null) {
      throw new IllegalArgumentException("not in the registry: " + name);
    }
    String value;
    try {
      value = expand(name);
    } catch (ConfigException e) {
      throw new IllegalStateException(name + ": " + e.getMessage(), e);
    }
    expanded.put(name, value);
    return value;
  }

  /** yes or no. */
  public boolean flag(String name) {
    expect(name, Parameter.Type.FLAG);
    return Values.flag(text(name));
  }

  /** A whole number. */
  public int number(String name) {
    expect(name, Parameter.Type.NUMBER);
    return (int) Values.number(text(name), Integer.MAX_VALUE);
  }

  /** A number of bytes. */
  public long size(String name) {
    Parameter.Type type = parameter(name).type();
    if (type != Parameter.Type.SIZE) {
      expect(name, Parameter.Type.NUMBER);
    }
    return Values.number(text(name), Long.MAX_VALUE);
  }

  /** A span of time. */
  public Duration time(String name) {
    expect(name, Parameter.Type.TIME);
    return Values.time(text(name), parameter(name).unit());
  }

  /** A list separated by commas or white space; text in braces stays together, braces included. */
  public List<String> list(String name) {
    return Values.list(text(name));
  }

  /**
   * Expands text that may mention parameters, such as a value given on a command line.
   *
   * @throws ConfigException saying what is wrong in the expression
   */
  public String expandText(String text) throws ConfigException {
    return Expansion.expand(text, names);
  }

  /** The value as written or by default, unexpanded; null for a name that nothing defines. */
  public @Nullable String written(String name) {
    try {
      return names.value(name);
    } catch (ConfigException e) {
      throw new IllegalStateException(name + ": " + e.getMessage(), e);
    }
  }

  /** The items of a list, each as written, without its parameters' values. */
  public List<String> writtenList(String name) {
    return Values.list(Objects.requireNonNullElse(written(name), ""));
  }

  /** The line of main.cf that sets it, from 1; 0 if none does. */
  public int line(String name) {
    MainFile.Setting setting = settings.get(name);
    return setting == null ? 0 : setting.line();
  }

  private static Parameter parameter(String name) {
    Parameter parameter = Registry.get().find(name);
    if (parameter == null) {
      throw new IllegalArgumentException("not in the registry: " + name);
    }
    return parameter;
  }

  private static void expect(String name, Parameter.Type type) {
    Parameter parameter = parameter(name);
    if (parameter.type() != type) {
      throw new IllegalArgumentException(name + " is read as " + type + " but is " + parameter);
    }
  }

  private String expand(String name) throws ConfigException {
    String value = names.value(name);
    return value == null ? "" : names.raw(name) ? value : Expansion.expand(value, names);
  }

  private void checkValues() throws ConfigException {
    Path file = directory.resolve("main.cf");
    for (Map.Entry<String, MainFile.Setting> entry : settings.entrySet()) {
      checkValue(entry.getKey(), file + ", line " + entry.getValue().line() + ": ");
    }
  }

  private void checkValue(String name, String place) throws ConfigException {
    String value;
    try {
      value = expand(name);
    } catch (ConfigException e) {
      throw new ConfigException(place + name + ": " + e.getMessage() + " (mend the expression)", e);
    }
    Parameter parameter = Registry.get().find(name);
    String fault = parameter == null ? "" : Values.fault(parameter, value);
    if (!fault.isEmpty()) {
      throw new ConfigException(place + name + ": " + fault);
    }
    if (name.equals("compatibility_level")) {
      checkLevel(value, place);
    }
    MainFile.Setting setting = settings.get(name);
    if (name.equals("myorigin")
        && setting != null
        && setting.value().startsWith("/")
        && (value.isEmpty() || value.startsWith("/"))) {
      throw new ConfigException(
          place
              + "myorigin: no domain name in the file "
              + setting.value()
              + " (write one into its first line, or set myorigin to a domain)");
    }
    expanded.put(name, value);
  }

  /** Half of the defaults compare it, so that a bad one would fail far from here. */
  private static void checkLevel(String value, String place) throws ConfigException {
    try {
      CompatibilityLevel.parse(value);
    } catch (ConfigException e) {
      throw new ConfigException(
          place + "compatibility_level: bad level \"" + value + "\" (use a version such as 3.6)",
          e);
    }
  }

  /** The name space of one snapshot: its settings, then the defaults, some of them computed. */
  private record Names(Config config) implements Expansion.Names {
    @Override
    public @Nullable String value(String name) throws ConfigException {
      MainFile.Setting setting = config.settings.get(name);
      if (setting != null) {
        return name.equals("myorigin") ? origin(setting.value()) : setting.value();
      }
      Parameter parameter = Registry.get().find(name);
      if (parameter == null || parameter.type() == Parameter.Type.LEGACY) {
        return null;
      }
      return switch (name) {
        case "myhostname", "mydomain", "mynetworks" -> config.computed(name);
        case "config_directory" -> config.directory.toString();
        default -> parameter.defaultValue();
      };
    }

    /**
     * Debian's main.cf names a file here, whose first line is meant; unreadable, it stays a path.
     */
    private static String origin(String value) {
      if (!value.startsWith("/")) {
        return value;
      }
      try (Stream<String> lines = Files.lines(Path.of(value), StandardCharsets.UTF_8)) {
        return lines.findFirst().orElse("").strip();
      } catch (IOException | UncheckedIOException _) {
        return value;
      }
    }

    @Override
    public boolean raw(String name) {
      Parameter parameter = Registry.get().builtIn(name);
      return parameter != null && parameter.type() == Parameter.Type.RAW;
    }
  }

  /** A default that is made from other parameters, which may have been set to mention it. */
  private String computed(String name) throws ConfigException {
    if (!COMPUTING.get().add(name)) {
      throw new ConfigException(
          "the default of " + name + " is made from what mentions it; set " + name + " too");
    }
    try {
      return switch (name) {
        case "myhostname" -> ComputedDefaults.hostName(isSet("mydomain") ? expand("mydomain") : "");
        case "mydomain" -> ComputedDefaults.domain(expand("myhostname"));
        default ->
            ComputedDefaults.networks(
                expand("inet_interfaces"), expand("mynetworks_style"), expand("inet_protocols"));
      };
    } finally {
      COMPUTING.get().remove(name);
    }
  }
}
