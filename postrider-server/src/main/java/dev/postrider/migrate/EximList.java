package dev.postrider.migrate;

import java.util.ArrayList;
import java.util.List;

/** Exim's lists. Functions only. */
final class EximList {
  private EximList() {}

  /** A list: semicolons part it, or single colons where there are none. */
  static List<String> of(String text) {
    String rest = text.startsWith("<;") ? text.substring(2) : text;
    List<String> items = new ArrayList<>();
    String[] parts =
        text.indexOf(';') >= 0
            ? rest.split(";")
            : rest.replace("::", "\0").replace(":", ";").replace("\0", "::").split(";");
    for (String part : parts) {
      if (!part.isBlank()) {
        items.add(part.strip());
      }
    }
    return items;
  }
}
