package dev.postrider.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What main.cf says, before any name is looked up. Immutable.
 *
 * @param settings by name, in the order of the file; the last of two settings of one name wins
 * @param warnings what is odd but does not prevent use, worded as Postfix does
 */
public record MainFile(Map<String, Setting> settings, List<String> warnings) {
  /**
   * A setting as written.
   *
   * @param value unexpanded
   * @param line in the file from 1, or 0 for one that comes from elsewhere
   */
  public record Setting(String value, int line) {}

  public MainFile {
    settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    warnings = List.copyOf(warnings);
  }

  public static MainFile load(Path file) throws ConfigException {
    return load(file, new ArrayList<>());
  }

  /**
   * Reads a file, keeping warnings even if it cannot be read to its end.
   *
   * @param warnings to which they are added
   */
  public static MainFile load(Path file, List<String> warnings) throws ConfigException {
    return parse(file.toString(), ConfigFiles.read(file), warnings);
  }

  static MainFile parse(String file, String text, List<String> warnings) throws ConfigException {
    Map<String, Setting> settings = new LinkedHashMap<>();
    LogicalLines lines = new LogicalLines(file, text, warnings);
    for (LogicalLines.Line line = lines.next(); line != null; line = lines.next()) {
      NameValue pair = parse(file, line);
      Setting earlier = settings.put(pair.name(), new Setting(pair.value(), line.line()));
      if (earlier != null && !earlier.value.equals(pair.value())) {
        warnings.add(
            "%s, line %d: overriding earlier entry: %s=%s"
                .formatted(file, line.line(), pair.name(), earlier.value));
      }
    }
    return new MainFile(settings, warnings);
  }

  private static NameValue parse(String file, LogicalLines.Line line) throws ConfigException {
    try {
      return NameValue.parse(line.text());
    } catch (ConfigException e) {
      throw new ConfigException(
          "%s, line %d: %s: \"%s\"".formatted(file, line.line(), e.getMessage(), line.text()), e);
    }
  }
}
