package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;

/**
 * A table as main.cf names it, {@code type:name}. Immutable.
 *
 * @param type lower case by convention, not folded
 * @param name a file without its suffix, or what the type takes
 */
public record TableSpec(String type, String name) {
  /**
   * Splits at the first colon; {@code proxy:} in front is dropped, since nothing here runs in a
   * chroot jail.
   *
   * @param defaultType for a name without a type (default_database_type)
   */
  public static TableSpec parse(String text, String defaultType) {
    String rest = text.startsWith("proxy:") ? text.substring(6) : text;
    int colon = rest.indexOf(':');
    return colon < 0
        ? new TableSpec(defaultType, rest)
        : new TableSpec(rest.substring(0, colon), rest.substring(colon + 1));
  }

  /** Splits a list at commas and white space outside of braces. */
  static List<String> split(String text) {
    List<String> items = new ArrayList<>();
    int depth = 0;
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ',';
      boolean separator =
          (c == ',' || LogicalLines.isSpace(c)) && (depth == 0 || i == text.length());
      if (separator) {
        if (start >= 0) {
          items.add(text.substring(start, i));
          start = -1;
        }
        continue;
      }
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      start = start < 0 ? i : start;
    }
    return items;
  }

  /** What stands between the braces of {@code {…}}, or null if it is no such text. */
  static @org.jspecify.annotations.Nullable String braced(String text) {
    if (text.length() < 2 || text.charAt(0) != '{') {
      return null;
    }
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (depth == 0) {
        return i == text.length() - 1 ? MapSource.trim(text.substring(1, i), 0) : null;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return type + ":" + name;
  }
}
