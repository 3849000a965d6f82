package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.config.MainEdit;
import dev.postrider.config.NameValue;
import dev.postrider.config.Separators;
import dev.postrider.pickup.HandOver;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Changes main.cf: sets, removes or comments out, and leaves every other line as it is. */
final class PostconfMainEditor {
  private final Invocation call;
  private final PostconfRequest request;

  PostconfMainEditor(Invocation call, PostconfRequest request) {
    this.call = call;
    this.request = request;
  }

  void edit() throws ConfigException {
    Map<String, String> wanted = wanted();
    Path path = request.directory().resolve("main.cf");
    try (EditedFile file = EditedFile.open(path)) {
      MainEdit edit = MainEdit.of(file.lines(), wanted, kind());
      for (String name : edit.repeated()) {
        call.warning(path + ": multiple entries for \"" + EditedFile.shownAs(name) + "\"");
      }
      file.replaceBy(edit.text());
    }
    HandOver.refreshIfAllowed(request.directory());
  }

  private MainEdit.Kind kind() {
    if (request.has(PostconfMode.EDIT)) {
      return MainEdit.Kind.SET;
    }
    return request.has(PostconfMode.COMMENT_OUT) ? MainEdit.Kind.COMMENT_OUT : MainEdit.Kind.REMOVE;
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
