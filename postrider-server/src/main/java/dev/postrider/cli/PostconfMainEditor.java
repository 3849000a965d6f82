package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.config.NameValue;
import dev.postrider.config.Separators;
import dev.postrider.pickup.HandOver;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes main.cf: sets, removes or comments out, and leaves every other line as it is. */
final class PostconfMainEditor {
  private final Invocation call;
  private final PostconfRequest request;
  private final Map<String, Integer> found = new HashMap<>();

  PostconfMainEditor(Invocation call, PostconfRequest request) {
    this.call = call;
    this.request = request;
  }

  void edit() throws ConfigException {
    Map<String, String> wanted = wanted();
    Path path = request.directory().resolve("main.cf");
    try (EditedFile file = EditedFile.open(path)) {
      file.replaceBy(edited(file.lines(), wanted, path));
    }
    HandOver.refreshIfAllowed(request.directory());
  }

  private StringBuilder edited(List<String> lines, Map<String, String> wanted, Path path) {
    StringBuilder result = new StringBuilder();
    boolean editing = false;
    for (String line : lines) {
      int content = Separators.skipSpace(line, 0);
      if (content == line.length() || line.charAt(content) == '#') {
        result.append(line);
      } else if (content > 0) {
        continued(line, editing, result);
      } else {
        String name = nameOf(line);
        editing = wanted.containsKey(name);
        if (editing && found.merge(name, 1, Integer::sum) == 2) {
          call.warning(path + ": multiple entries for \"" + EditedFile.shownAs(name) + "\"");
        }
        first(line, name, editing ? wanted.get(name) : null, editing, result);
      }
    }
    for (Map.Entry<String, String> setting : wanted.entrySet()) {
      if (request.has(PostconfMode.EDIT) && !found.containsKey(setting.getKey())) {
        result.append(setting.getKey() + " = " + setting.getValue() + "\n");
      }
    }
    return result;
  }

  private void continued(String line, boolean editing, StringBuilder result) {
    if (!editing) {
      result.append(line);
    } else if (request.has(PostconfMode.COMMENT_OUT)) {
      result.append('#').append(line);
    }
  }

  private void first(
      String line, String name, @Nullable String value, boolean editing, StringBuilder result) {
    if (!editing) {
      result.append(line);
    } else if (request.has(PostconfMode.EDIT)) {
      result.append(name).append(" = ").append(value).append('\n');
    } else if (request.has(PostconfMode.COMMENT_OUT)) {
      result.append('#').append(line);
    }
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

  /** The settings that are asked for, by name; to remove or comment out without a value. */
  private Map<String, String> wanted() throws ConfigException {
    Map<String, String> wanted = new LinkedHashMap<>();
    for (String operand : request.operands()) {
      if (operand.indexOf('\n') >= 0) {
        throw new ConfigException("-e, -X, or -# accepts no multi-line input");
      }
      String text = operand.substring(Separators.skipSpace(operand, 0));
      if (text.startsWith("#")) {
        throw new ConfigException("-e, -X, or -# accepts no comment input");
      }
      if (request.has(PostconfMode.EDIT)) {
        NameValue pair = pair(text);
        String earlier =
            wanted.put(EditedFile.bytesOf(pair.name()), EditedFile.bytesOf(pair.value()));
        if (earlier != null && !earlier.equals(EditedFile.bytesOf(pair.value()))) {
          call.warning(
              "ignoring earlier request: '%s = %s'"
                  .formatted(pair.name(), EditedFile.shownAs(earlier)));
        }
      } else {
        wanted.put(EditedFile.bytesOf(plainName(text)), "");
      }
    }
    return wanted;
  }

  private static NameValue pair(String text) throws ConfigException {
    try {
      return NameValue.parse(text);
    } catch (ConfigException e) {
      throw new ConfigException(e.getMessage() + ": \"" + text + "\"", e);
    }
  }

  private static String plainName(String text) throws ConfigException {
    if (text.isEmpty()) {
      throw new ConfigException("-X or -# requires non-blank parameter names");
    }
    if (text.indexOf('=') >= 0) {
      throw new ConfigException("-X or -# requires parameter names without value");
    }
    return Separators.strip(text);
  }
}
