package dev.postrider.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What master.cf says: the services, in the order of the file. Immutable.
 *
 * @param services one per line that is no comment
 * @param warnings what is odd but does not prevent use, worded as Postfix does
 */
public record MasterConfig(List<ServiceEntry> services, List<String> warnings) {
  public MasterConfig {
    services = List.copyOf(services);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads {@code master.cf} of a configuration directory.
   *
   * @throws ConfigException naming the file and line, or showing the entry
   */
  public static MasterConfig load(Path directory) throws ConfigException {
    Path file = directory.resolve("master.cf");
    return parse(file.toString(), ConfigFiles.read(file));
  }

  /** The services of a text that is not in a file, such as {@link DefaultFiles#masterCf}. */
  public static MasterConfig parse(String file, String text) throws ConfigException {
    List<ServiceEntry> services = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    LogicalLines lines = new LogicalLines(file, text, warnings);
    for (LogicalLines.Line line = lines.next(); line != null; line = lines.next()) {
      services.add(entry(file, line, warnings));
    }
    return new MasterConfig(services, warnings);
  }

  /** The services whose program is the named one, such as every {@code smtpd}. */
  public List<ServiceEntry> running(String command) {
    List<ServiceEntry> found = new ArrayList<>();
    for (ServiceEntry service : services) {
      if (service.command().equals(command)) {
        found.add(service);
      }
    }
    return found;
  }

  /**
   * The services that {@code master_service_disable} leaves: its words are types ({@code inet}) or
   * {@code name/type}, with {@code !} for what is to stay; the first that fits decides.
   */
  public MasterConfig enabled(Config config) {
    List<String> disabled = config.list("master_service_disable");
    return disabled.isEmpty()
        ? this
        : new MasterConfig(
            services.stream().filter(service -> !isDisabled(service, disabled)).toList(), warnings);
  }

  private static boolean isDisabled(ServiceEntry service, List<String> patterns) {
    for (String pattern : patterns) {
      String rest = pattern;
      boolean decision = true;
      while (rest.startsWith("!")) {
        rest = rest.substring(1);
        decision = !decision;
      }
      // Long ago it was name.type.
      if (rest.indexOf('/') < 0 && rest.indexOf('.') >= 0) {
        int dot = rest.lastIndexOf('.');
        rest = rest.substring(0, dot) + "/" + rest.substring(dot + 1);
      }
      String subject =
          rest.indexOf('/') >= 0 ? service.name() + "/" + service.type() : service.type();
      if (subject.equalsIgnoreCase(rest)) {
        return decision;
      }
    }
    return false;
  }

  private static ServiceEntry entry(String file, LogicalLines.Line line, List<String> warnings)
      throws ConfigException {
    try {
      return ServiceSyntax.parse(line.text(), line.line(), warnings);
    } catch (ConfigException e) {
      // Postfix shows the entry instead of the place for every other fault.
      boolean placed = e.getMessage() != null && e.getMessage().startsWith("invalid ");
      throw placed
          ? e
          : new ConfigException(
              "file %s: line %d: %s".formatted(file, line.line(), e.getMessage()), e);
    }
  }
}
