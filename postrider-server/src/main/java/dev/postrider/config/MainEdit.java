package dev.postrider.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Changes the text of main.cf and leaves every line that it does not concern as it is, comments and
 * order included. Immutable result.
 *
 * @param text the new text
 * @param repeated names that are set more than once
 */
public record MainEdit(String text, Set<String> repeated) {
  /** What is done with the settings of some names. */
  public enum Kind {
    /** They get a value; those that are not there are added at the end. */
    SET,
    /** They are taken out. */
    REMOVE,
    /** They become comments. */
    COMMENT_OUT
  }

  public MainEdit {
    repeated = Set.copyOf(repeated);
  }

  /**
   * Edits.
   *
   * @param lines of main.cf, each with its line end
   * @param wanted names with the values to be; the values count for {@link Kind#SET} only
   */
  public static MainEdit of(List<String> lines, Map<String, String> wanted, Kind kind) {
    StringBuilder result = new StringBuilder();
    Set<String> found = new HashSet<>();
    Set<String> repeated = new TreeSet<>();
    boolean editing = false;
    for (String line : lines) {
      int content = Separators.skipSpace(line, 0);
      boolean comment = content == line.length() || line.charAt(content) == '#';
      if (!comment && content == 0) {
        String name = nameOf(line);
        editing = wanted.containsKey(name);
        if (editing && !found.add(name)) {
          repeated.add(name);
        }
        if (editing && kind == Kind.SET) {
          result.append(setting(name, wanted.get(name)));
        }
      }
      if (comment || !editing) {
        result.append(line);
      } else if (kind == Kind.COMMENT_OUT) {
        result.append('#').append(line);
      }
    }
    if (kind == Kind.SET) {
      for (Map.Entry<String, String> each : wanted.entrySet()) {
        if (!found.contains(each.getKey())) {
          result.append(setting(each.getKey(), each.getValue()));
        }
      }
    }
    return new MainEdit(result.toString(), repeated);
  }

  private static String setting(String name, @org.jspecify.annotations.Nullable String value) {
    return name + " = " + value + "\n";
  }

  private static String nameOf(String line) {
    int end = 0;
    while (end < line.length()
        && line.charAt(end) != '='
        && !Separators.isSpace(line.charAt(end))) {
      end++;
    }
    return line.substring(0, end);
  }
}
