package dev.postrider.table;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one table: a file of {@code name = value} lines, or in main.cf {@code
 * table_name = value}. Messages name the place and the parameter; values of a file are shown only
 * where they are numbers or words, since the file holds passwords. Immutable.
 */
final class ParameterFile {
  private record Setting(String value, String place) {}

  private final String place;
  private final Map<String, Setting> settings;
  private final List<String> faults;

  private ParameterFile(String place, Map<String, Setting> settings, List<String> faults) {
    this.place = place;
    this.settings = Map.copyOf(settings);
    this.faults = List.copyOf(faults);
  }

  /** Reads the text of a file. */
  static ParameterFile of(String path, byte[] bytes) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    LogicalLines lines = new LogicalLines(path, bytes);
    List<String> faults = new ArrayList<>();
    for (var next = lines.next(); next.isPresent(); next = lines.next()) {
      String where = path + ", line " + next.get().first();
      String line = next.get().text();
      int equals = line.indexOf('=');
      String name = equals < 0 ? "" : MapSource.trim(line.substring(0, equals), 0);
      if (name.isEmpty() || name.chars().anyMatch(c -> LogicalLines.isSpace((char) c))) {
        faults.add(where + ": no \"name = value\": ignored");
      } else {
        settings.put(name, new Setting(MapSource.trim(line, equals + 1), where));
      }
    }
    faults.addAll(lines.faults());
    return new ParameterFile(path, settings, faults);
  }

  /** Takes the parameters from main.cf. */
  static ParameterFile of(Config config, String table) throws ConfigException {
    Map<String, Setting> settings = new LinkedHashMap<>();
    String prefix = table + "_";
    for (String name : config.setNames()) {
      String written = name.startsWith(prefix) ? config.written(name) : null;
      if (written != null) {
        settings.put(
            name.substring(prefix.length()),
            new Setting(
                config.expandText(written),
                config.directory().resolve("main.cf") + ", line " + config.line(name)));
      }
    }
    return new ParameterFile("main.cf: " + prefix + "...", settings, List.of());
  }

  /** What is odd but does not prevent the table's use, one sentence each. */
  List<String> faults(String type, Set<String> known) {
    List<String> all = new ArrayList<>(faults);
    settings.forEach((name, setting) -> {
      if (!known.contains(name)) {
        all.add(
            setting.place()
                + ": "
                + name
                + ": no parameter of "
                + type
                + " tables is called that: ignored");
      }
    });
    return all.stream().sorted().toList();
  }

  /** Where a parameter is set, for messages. */
  String place(String name) {
    @Nullable Setting setting = settings.get(name);
    return setting == null ? place : setting.place();
  }

  boolean has(String name) {
    @Nullable Setting setting = settings.get(name);
    return setting != null && !setting.value().isEmpty();
  }

  String text(String name, String otherwise) {
    @Nullable Setting setting = settings.get(name);
    return setting == null ? otherwise : setting.value();
  }

  /** A parameter without which there is no table. */
  String needed(String name) throws IOException {
    if (!has(name)) {
      throw new IOException(place(name) + ": " + name + " is not set; add \"" + name + " = ...\"");
    }
    return text(name, "");
  }

  /**
   * A whole number.
   *
   * @param least the smallest that is taken
   */
  int number(String name, int otherwise, int least) throws IOException {
    @Nullable Setting setting = settings.get(name);
    if (setting == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(setting.value());
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IOException(
        "%s: %s = %s: bad number (use a whole number from %d)"
            .formatted(setting.place(), name, setting.value(), least));
  }

  boolean flag(String name, boolean otherwise) throws IOException {
    @Nullable Setting setting = settings.get(name);
    if (setting == null) {
      return otherwise;
    }
    return switch (setting.value().toLowerCase(java.util.Locale.ROOT)) {
      case "yes" -> true;
      case "no" -> false;
      default ->
          throw new IOException(
              "%s: %s = %s: use yes or no".formatted(setting.place(), name, setting.value()));
    };
  }
}
