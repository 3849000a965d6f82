package dev.postrider.migrate;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The settings of a file in which each has a name; the last of a name counts. For one thread. */
final class NamedSettings {
  private final Path file;
  private final Map<String, Sources.Line> lines = new LinkedHashMap<>();

  NamedSettings(Path file) {
    this.file = file;
  }

  void put(String name, Place place, String value) {
    lines.put(name, new Sources.Line(place, value));
  }

  boolean has(String name) {
    return lines.containsKey(name);
  }

  /** The value; empty also if it is not set. */
  String value(String name) {
    Sources.Line line = lines.get(name);
    return line == null ? "" : line.text();
  }

  /** Where it is set; the file as a whole if it is not. */
  Place place(String name) {
    Sources.Line line = lines.get(name);
    return line == null ? whole() : line.place();
  }

  /** The file as a whole. */
  Place whole() {
    return new Place(file, 0);
  }

  /** Each setting, in the order in which their names first came. */
  void forEach(BiConsumer<String, Sources.Line> action) {
    lines.forEach(action);
  }
}
