package dev.postrider.failure;

import dev.postrider.config.ConfigException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a file of rules; docs/failures.md describes the format. For one thread. */
final class RuleFile {
  private static final String FORMAT = "1";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}]*)}");
  private static final Pattern CODE = Pattern.compile("[2-5][0-9][0-9]|4xx|5xx|none");

  private final String name;
  private final List<Rule> rules = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private String version = "";
  private boolean formatSeen;
  private int line;
  private Draft draft = new Draft();

  private RuleFile(String name) {
    this.name = name;
  }

  /**
   * What a file says.
   *
   * @param version its date
   * @param rules in their order
   */
  record Content(String version, List<Rule> rules) {}

  /**
   * Reads lines.
   *
   * @param name of the file, for errors
   * @throws ConfigException naming file and line
   */
  static Content read(String name, List<String> lines) throws ConfigException {
    RuleFile file = new RuleFile(name);
    for (String each : lines) {
      file.line++;
      file.take(each);
    }
    file.line++;
    file.end();
    if (!file.formatSeen) {
      throw file.fault("the line \"format " + FORMAT + "\" is missing at the top");
    }
    return new Content(file.version, List.copyOf(file.rules));
  }

  /** A rule as far as it is read. */
  private static final class Draft {
    String id = "";
    final Set<Stage> stages = EnumSet.noneOf(Stage.class);
    final List<String> codes = new ArrayList<>();
    final List<List<String>> texts = new ArrayList<>();
    final List<String> hosts = new ArrayList<>();
    final List<Integer> ports = new ArrayList<>();
    Incident.Way way = Incident.Way.UNKNOWN;
    String what = "";
    Actor who = Actor.YOU;
    boolean whoSeen;
    String remedy = "";
    Treatment treatment = new Treatment.AsReplied();
  }

  private void take(String text) throws ConfigException {
    if (text.isBlank()) {
      end();
      return;
    }
    if (text.startsWith("#")) {
      return;
    }
    int space = text.indexOf(' ');
    String key = space < 0 ? text : text.substring(0, space);
    String value = space < 0 ? "" : text.substring(space + 1).strip();
    if (value.isEmpty()) {
      throw fault("\"" + key + "\" has no value");
    }
    if (draft.id.isEmpty()) {
      head(key, value);
    } else {
      body(key, value);
    }
  }

  private void head(String key, String value) throws ConfigException {
    switch (key) {
      case "format" -> {
        if (!value.equals(FORMAT)) {
          throw fault("format " + value + " is not known: this version reads format " + FORMAT);
        }
        formatSeen = true;
      }
      case "version" -> version = value;
      case "rule" -> {
        if (!value.matches("[a-z0-9-]{1,60}")) {
          throw fault("bad id \"" + value + "\" (use a-z, 0-9 and -)");
        }
        if (!ids.add(value)) {
          throw fault("there is a rule \"" + value + "\" already");
        }
        draft.id = value;
      }
      default -> throw fault("\"" + key + "\" outside of a rule: begin it with \"rule ID\"");
    }
  }

  private void body(String key, String value) throws ConfigException {
    switch (key) {
      case "stage" -> stages(value);
      case "code" -> {
        for (String each : value.split(" +")) {
          if (!CODE.matcher(each).matches()) {
            throw fault("bad code \"" + each + "\" (use 535, 4xx, 5xx or none)");
          }
          draft.codes.add(each);
        }
      }
      case "text" -> draft.texts.add(List.of(value.toLowerCase(Locale.ROOT).split("\\|")));
      case "host" -> draft.hosts.addAll(List.of(value.toLowerCase(Locale.ROOT).split(" +")));
      case "port" -> {
        for (String each : value.split(" +")) {
          if (!each.matches("[0-9]{1,5}")) {
            throw fault("bad port \"" + each + "\"");
          }
          draft.ports.add(Integer.valueOf(each));
        }
      }
      case "via" ->
          draft.way =
              switch (value) {
                case "relay" -> Incident.Way.RELAY;
                case "direct" -> Incident.Way.DIRECT;
                default -> throw fault("bad way \"" + value + "\" (use relay or direct)");
              };
      case "what" -> draft.what = words(value);
      case "who" -> {
        draft.who =
            Actor.of(value)
                .orElseThrow(() ->
                    fault(
                        "bad person \""
                            + value
                            + "\" (use you, admin, provider, recipient or nobody)"));
        draft.whoSeen = true;
      }
      case "do" -> draft.remedy = words(value);
      case "queue" ->
          draft.treatment =
              Treatment.parse(value)
                  .orElseThrow(() ->
                      fault(
                          "bad treatment \""
                              + value
                              + "\" (use reply, defer, defer TIME, account TIME, hold-account,"
                              + " hold-message, slow or bounce; TIME is a number and m, h or d, at"
                              + " most 7d)"));
      case "source" -> {
        // For those who look after the file.
      }
      default -> throw fault("unknown word \"" + key + "\"");
    }
  }

  private void stages(String value) throws ConfigException {
    if (value.equals("any")) {
      return;
    }
    for (String each : value.split(" +")) {
      draft.stages.add(
          Stage.of(each)
              .orElseThrow(() ->
                  fault(
                      "bad stage \""
                          + each
                          + "\" (use any, or some of lookup, connect, greeting, hello, tls, login,"
                          + " mail, rcpt, data, end-of-data, feature, local)")));
    }
  }

  private String words(String value) throws ConfigException {
    Matcher matcher = PLACEHOLDER.matcher(value);
    while (matcher.find()) {
      if (!Rule.PLACEHOLDERS.contains(matcher.group(1))) {
        throw fault(
            "nothing is called {"
                + matcher.group(1)
                + "} (use "
                + String.join(", ", Rule.PLACEHOLDERS.stream().sorted().toList())
                + ")");
      }
    }
    return value;
  }

  private void end() throws ConfigException {
    if (draft.id.isEmpty()) {
      return;
    }
    if (draft.what.isEmpty() || draft.remedy.isEmpty() || !draft.whoSeen) {
      throw fault("rule " + draft.id + " lacks \"what\", \"who\" or \"do\"");
    }
    if (draft.codes.isEmpty() && draft.texts.isEmpty() && draft.hosts.isEmpty()) {
      throw fault("rule " + draft.id + " would fit everything: give it a code, a text or a host");
    }
    rules.add(
        new Rule(
            draft.id,
            draft.stages,
            draft.codes,
            draft.texts,
            draft.hosts,
            draft.ports,
            draft.way,
            draft.what,
            draft.who,
            draft.remedy,
            draft.treatment));
    draft = new Draft();
  }

  private ConfigException fault(String text) {
    return new ConfigException(name + " line " + line + ": " + text);
  }
}
