package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.config.NameValue;
import dev.postrider.config.Separators;
import dev.postrider.config.ServiceEntry;
import dev.postrider.config.ServiceSyntax;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes master.cf: whole services, fields or parameters; every other line stays as it is. */
final class PostconfMasterEditor {
  private static final String OPTIONS = "-Me, -Fe, -Pe, -X, or -#";

  /** One thing to change. */
  private static final class Change {
    final PostconfPattern pattern;
    final String value;
    int matches;

    Change(PostconfPattern pattern, String value) {
      this.pattern = pattern;
      this.value = value;
    }
  }

  private final Invocation call;
  private final PostconfRequest request;
  private final Path path;
  private final List<Change> changes = new ArrayList<>();
  private final StringBuilder result = new StringBuilder();

  PostconfMasterEditor(Invocation call, PostconfRequest request) {
    this.call = call;
    this.request = request;
    this.path = request.directory().resolve("master.cf");
  }

  void edit() throws ConfigException {
    for (String operand : request.operands()) {
      changes.add(change(operand));
    }
    try (EditedFile file = EditedFile.open(path)) {
      edit(file.lines());
      addUnmatched();
      file.replaceBy(result);
    }
  }

  private void edit(List<String> lines) throws ConfigException {
    boolean matched = false;
    int at = 0;
    while (at < lines.size()) {
      String line = lines.get(at++);
      int content = Separators.skipSpace(line, 0);
      if (content == line.length() || line.charAt(content) == '#') {
        result.append(line);
      } else if (content > 0) {
        keepOrDrop(line, matched);
      } else {
        Entry entry = new Entry(line, at, lines);
        matched = entry.change();
        at = entry.end;
        if (entry.replacement == null) {
          keepOrDrop(line, matched);
        } else {
          result.append(entry.replacement);
        }
      }
    }
  }

  private void keepOrDrop(String line, boolean matched) {
    if (!matched) {
      result.append(line);
    } else if (request.has(PostconfMode.COMMENT_OUT)) {
      result.append('#').append(line);
    }
  }

  private void addUnmatched() throws ConfigException {
    for (Change change : changes) {
      if (change.matches > 0) {
        continue;
      }
      if (request.has(PostconfMode.MASTER_ENTRIES) && request.has(PostconfMode.EDIT)) {
        result.append(line(whole(change)));
      } else if (!request.has(PostconfMode.MASTER_ENTRIES)) {
        call.warning("unmatched service_name/type: \"" + change.pattern.raw() + "\"");
      }
    }
  }

  /** One service line of the file while it is looked at. */
  private final class Entry {
    final String name;
    final String type;
    final String first;
    int end;
    private final List<String> lines;
    @Nullable String replacement;

    Entry(String line, int next, List<String> lines) throws ConfigException {
      this.first = line;
      this.end = next;
      this.lines = lines;
      List<String> words = ServiceSyntax.words(line);
      String place = "file " + path + ": line " + next + ": ";
      if (words.size() < 2) {
        throw new ConfigException(place + "specify service name and type on the same line");
      }
      name = words.get(0);
      type = words.get(1);
      if (name.indexOf('=') >= 0) {
        throw new ConfigException(
            place + "service name syntax \"" + name + "\" is unsupported with " + OPTIONS);
      }
      if (type.indexOf('=') >= 0 || type.indexOf('/') >= 0) {
        throw new ConfigException(
            place + "service type syntax \"" + type + "\" is unsupported with " + OPTIONS);
      }
    }

    /** Applies what concerns this service; answers whether anything did. */
    boolean change() throws ConfigException {
      boolean matched = false;
      ServiceEntry entry = null;
      for (Change change : changes) {
        if (!concerns(change)) {
          continue;
        }
        matched = true;
        change.matches++;
        boolean edit = request.has(PostconfMode.EDIT);
        if (request.has(PostconfMode.MASTER_ENTRIES)) {
          entry = edit && change.matches == 1 ? whole(change) : entry;
        } else if (edit || request.has(PostconfMode.EXCLUDE)) {
          entry = changed(entry == null ? parsed() : entry, change);
        }
      }
      replacement = entry == null ? null : line(entry);
      return matched;
    }

    private boolean concerns(Change change) throws ConfigException {
      if (change.pattern.matches(name, type)) {
        return true;
      }
      if (!request.has(PostconfMode.MASTER_ENTRIES) || !request.has(PostconfMode.EDIT)) {
        return false;
      }
      ServiceEntry entry = whole(change);
      return entry.name().equals(name) && entry.type().equals(type);
    }

    /** The entry with its continuation lines, which are taken from the file. */
    private ServiceEntry parsed() throws ConfigException {
      StringBuilder text = new StringBuilder(first);
      while (end < lines.size() && continues(lines.get(end))) {
        String line = lines.get(end++);
        int content = Separators.skipSpace(line, 0);
        if (content == line.length() || line.charAt(content) == '#') {
          result.append(line);
        } else {
          text.append(line);
        }
      }
      try {
        return parse(text.toString());
      } catch (ConfigException e) {
        throw new ConfigException("file " + path + ": line " + end + ": " + e.getMessage(), e);
      }
    }

    private static boolean continues(String line) {
      return line.startsWith("#") || Separators.isSpace(line.charAt(0));
    }
  }

  private ServiceEntry changed(ServiceEntry entry, Change change) throws ConfigException {
    if (request.has(PostconfMode.MASTER_PARAMETERS)) {
      return withArguments(entry, parameterChanged(entry.arguments(), change));
    }
    int field = change.pattern.field();
    List<String> fields = new ArrayList<>(PostconfEntryText.fields(entry));
    List<String> arguments = entry.arguments();
    if (field == ServiceSyntax.FIELDS - 1) {
      List<String> words = ServiceSyntax.words(change.value);
      fields.set(field, words.isEmpty() ? "" : words.getFirst());
      List<String> warnings = new ArrayList<>();
      arguments =
          words.isEmpty()
              ? List.of()
              : ServiceSyntax.normalized(words.subList(1, words.size()), warnings);
      warnings.forEach(call::warning);
    } else {
      fields.set(field, change.value);
    }
    ServiceSyntax.check(fields, change.value);
    return entry(fields, arguments);
  }

  private List<String> parameterChanged(List<String> arguments, Change change) {
    String name = change.pattern.part();
    List<String> changed = new ArrayList<>(arguments);
    boolean found = false;
    int at = 0;
    while (at < changed.size()) {
      String word = changed.get(at);
      if (!word.startsWith("-") || word.equals("--")) {
        break;
      }
      if (!word.startsWith("-o") || at + 1 == changed.size()) {
        at++;
        continue;
      }
      boolean hit = word.equals("-o") && changed.get(at + 1).startsWith(name + "=");
      found |= hit;
      if (hit && request.has(PostconfMode.EXCLUDE)) {
        changed.subList(at, at + 2).clear();
        continue;
      }
      if (hit) {
        changed.set(at + 1, name + "=" + change.value);
      }
      at += 2;
    }
    if (!found && request.has(PostconfMode.EDIT)) {
      changed.add(at, "-o");
      changed.add(at + 1, name + "=" + change.value);
    }
    return changed;
  }

  private static ServiceEntry withArguments(ServiceEntry entry, List<String> arguments) {
    return entry(PostconfEntryText.fields(entry), arguments);
  }

  private static ServiceEntry entry(List<String> f, List<String> arguments) {
    return new ServiceEntry(
        f.get(0),
        f.get(1),
        f.get(2),
        f.get(3),
        f.get(4),
        f.get(5),
        f.get(6),
        f.get(7),
        arguments,
        java.util.Map.of(),
        0);
  }

  private ServiceEntry whole(Change change) throws ConfigException {
    try {
      return parse(change.value);
    } catch (ConfigException e) {
      boolean shown = String.valueOf(e.getMessage()).startsWith("invalid ");
      throw shown
          ? e
          : new ConfigException(e.getMessage() + ": \"" + change.pattern.raw() + "\"", e);
    }
  }

  private ServiceEntry parse(String text) throws ConfigException {
    List<String> warnings = new ArrayList<>();
    ServiceEntry entry = ServiceSyntax.parse(text, 0, warnings);
    warnings.forEach(call::warning);
    return entry;
  }

  private static String line(ServiceEntry entry) throws ConfigException {
    return new PostconfEntryText(true, value -> value)
            .columns(PostconfEntryText.fields(entry), entry.arguments())
        + "\n";
  }

  private Change change(String operand) throws ConfigException {
    if (operand.indexOf('\n') >= 0) {
      throw new ConfigException(OPTIONS + " accept no multi-line input");
    }
    String text = EditedFile.bytesOf(operand.substring(Separators.skipSpace(operand, 0)));
    if (text.startsWith("#")) {
      throw new ConfigException(OPTIONS + " accept no comment input");
    }
    String value = "";
    if (request.has(PostconfMode.EDIT)) {
      try {
        NameValue pair = NameValue.parse(text);
        text = pair.name();
        value = pair.value();
      } catch (ConfigException e) {
        throw new ConfigException(e.getMessage() + ": \"" + operand + "\"", e);
      }
    } else if (text.indexOf('=') >= 0) {
      throw new ConfigException("-X or -# requires names without value");
    }
    return new Change(pattern(operand, Separators.strip(text), value), value);
  }

  private PostconfPattern pattern(String operand, String text, String value)
      throws ConfigException {
    if (request.has(PostconfMode.MASTER_ENTRIES)) {
      return required(
          PostconfPattern.parse(operand, text, 2, 2), "-Me, -MX or -M# requires service_name/type");
    }
    boolean blank = value.indexOf(' ') >= 0 || value.indexOf('\t') >= 0;
    if (request.has(PostconfMode.MASTER_FIELDS)) {
      PostconfPattern pattern =
          required(
              PostconfPattern.parse(operand, text, 3, 3),
              "-Fe or -FX requires service_name/type/field_name");
      int field = pattern.field();
      if (field < 0) {
        throw new ConfigException("-Fe does not accept wild-card field name");
      }
      if (blank && field < ServiceSyntax.FIELDS - 1) {
        throw new ConfigException("-Fe does not accept whitespace in non-command field");
      }
      return pattern;
    }
    PostconfPattern pattern =
        required(
            PostconfPattern.parse(operand, text, 3, 3),
            "-Pe or -PX requires service_name/type/parameter");
    if (pattern.anyPart()) {
      throw new ConfigException("-Pe does not accept wild-card parameter name");
    }
    if (blank && request.has(PostconfMode.EDIT)) {
      throw new ConfigException("-Pe does not accept whitespace in parameter value");
    }
    return pattern;
  }

  private static PostconfPattern required(@Nullable PostconfPattern pattern, String complaint)
      throws ConfigException {
    if (pattern == null) {
      throw new ConfigException(complaint);
    }
    return pattern;
  }
}
