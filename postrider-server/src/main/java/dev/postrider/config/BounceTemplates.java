package dev.postrider.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The notices to senders, in the format of bounce(5). Immutable. */
public final class BounceTemplates {
  /** What can happen to a message that its sender is told of. */
  public static final List<String> KINDS = List.of("failure", "delay", "success", "verify");

  private static final List<String> TIMES =
      List.of("delay_warning_time", "maximal_queue_lifetime", "bounce_queue_lifetime");
  private static final String ENDING = "_template";
  private static final List<String> LABELS =
      List.of("Charset", "From", "Subject", "Postmaster-Subject");

  /**
   * One of them.
   *
   * @param text header lines, an empty line, text; each line with its end
   * @param file where its text is written
   * @param textLine the line of that file in which what follows the empty lines behind the header
   *     begins
   */
  private record Template(String text, String file, int textLine) {}

  /**
   * One as a file has it.
   *
   * @param line the one below its name
   */
  private record Written(String text, int line) {}

  private final Map<String, Template> templates;

  private BounceTemplates(Map<String, Template> templates) {
    this.templates = Map.copyOf(templates);
  }

  /** Those of the program. */
  public static BounceTemplates builtIn() {
    try {
      String file = "bounce-templates.txt";
      Map<String, Template> found = new LinkedHashMap<>();
      parse(file, DefaultFiles.bounceTemplates(), new ArrayList<>())
          .forEach((kind, written) ->
              found.put(kind, new Template(written.text(), file, written.line())));
      return new BounceTemplates(found);
    } catch (ConfigException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Those of bounce_template_file, and the program's where it has none or none that can be used.
   *
   * @param warnings what is wrong with the file, and where
   */
  public static BounceTemplates configured(Config config, List<String> warnings) {
    BounceTemplates standard = builtIn();
    String file = config.text("bounce_template_file");
    if (file.isEmpty()) {
      return standard;
    }
    try {
      String text = ConfigFiles.read(Path.of(file));
      return standard.with(file, text, warnings).usable(standard, config, warnings);
    } catch (ConfigException | InvalidPathException e) {
      warnings.add("bounce_template_file: " + e.getMessage() + " -- using the built-in templates");
      return standard;
    }
  }

  /**
   * These, with those of a file in place of their kind; one that cannot be used is left out with a
   * warning.
   */
  public BounceTemplates with(String file, String text, List<String> warnings)
      throws ConfigException {
    Map<String, Template> merged = new LinkedHashMap<>(templates);
    for (Map.Entry<String, Written> own : parse(file, text, warnings).entrySet()) {
      if (!KINDS.contains(own.getKey())) {
        warnings.add(
            place(file, own.getValue().line() - 1)
                + "unknown template name: "
                + own.getKey()
                + ENDING
                + " -- ignoring this template");
      } else {
        Template completed = completed(file, own.getKey(), own.getValue(), warnings);
        if (completed != null) {
          merged.put(own.getKey(), completed);
        }
      }
    }
    return new BounceTemplates(merged);
  }

  /** Header lines, an empty line, text. */
  public String template(String kind) {
    return known(kind).text();
  }

  private Template known(String kind) {
    Template template = templates.get(kind);
    if (template == null) {
      throw new IllegalArgumentException("no template of kind " + kind);
    }
    return template;
  }

  private static String place(String file, int line) {
    return file + ", line " + line + ": ";
  }

  /** The value of one of its header lines, such as {@code Subject}; null if it has none. */
  public @Nullable String header(String kind, String name) {
    for (String line : template(kind).split("\n", -1)) {
      if (line.isEmpty()) {
        return null;
      }
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        return Separators.strip(line.substring(colon + 1));
      }
    }
    return null;
  }

  /**
   * The text with every name replaced.
   *
   * @throws ConfigException if a name is unknown or an expression is wrong; with file and line
   */
  public String expandedText(String kind, Config config) throws ConfigException {
    StringBuilder expanded = new StringBuilder();
    Template template = known(kind);
    int at = template.textLine();
    for (String line : text(kind).split("\n", -1)) {
      try {
        expanded.append(Expansion.expand(line, new Names(config))).append('\n');
      } catch (ConfigException e) {
        throw new ConfigException(
            place(template.file(), at)
                + "%s in %s template: %s".formatted(e.getMessage(), kind, line),
            e);
      }
      at++;
    }
    expanded.setLength(expanded.length() - 1);
    return expanded.toString();
  }

  private String text(String kind) {
    String template = template(kind);
    int end = template.indexOf("\n\n");
    int start = end < 0 ? template.length() : end + 1;
    while (start < template.length() && template.charAt(start) == '\n') {
      start++;
    }
    return template.substring(start);
  }

  /** With the headers it leaves out, in Postfix's order; null if it cannot be used. */
  private @Nullable Template completed(
      String file, String kind, Written written, List<String> warnings) {
    String template = written.text();
    int end = template.startsWith("\n") ? 0 : template.indexOf("\n\n") + 1;
    if (end == 0 && !template.startsWith("\n")) {
      warnings.add(
          place(file, written.line())
              + "missing message text in "
              + kind
              + " template -- ignoring this template");
      return null;
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String label : LABELS) {
      String standard = header(kind, label);
      if (standard != null) {
        headers.put(label, standard);
      }
    }
    int at = written.line();
    int charsetLine = at;
    for (String line : template.substring(0, end).lines().toList()) {
      int colon = line.indexOf(':');
      String label = colon < 0 ? line : line.substring(0, colon);
      String known = headers.keySet().stream().filter(label::equalsIgnoreCase).findAny().orElse("");
      if (colon < 0 || known.isEmpty()) {
        warnings.add(
            place(file, at)
                + "unknown \"%s\" header label in %s template -- ignoring this template"
                    .formatted(label, kind));
        return null;
      }
      headers.put(known, Separators.strip(line.substring(colon + 1)));
      charsetLine = known.equals("Charset") ? at : charsetLine;
      at++;
    }
    if (!headers.getOrDefault("Charset", "").matches("[A-Za-z0-9._:+-]+")) {
      warnings.add(
          place(file, charsetLine)
              + "bad Charset value in %s template -- ignoring this template".formatted(kind));
      return null;
    }
    String text = template.substring(end);
    int eightBit = firstEightBitLine(text);
    if ("us-ascii".equalsIgnoreCase(headers.get("Charset")) && eightBit >= 0) {
      warnings.add(
          place(file, at + eightBit)
              + "8-bit message text in %s template with charset us-ascii (add a line such as \"Charset: utf-8\") -- ignoring this template"
                  .formatted(kind));
      return null;
    }
    StringBuilder whole = new StringBuilder();
    headers.forEach((label, value) -> whole.append(label).append(": ").append(value).append('\n'));
    int blank = 0;
    while (blank < text.length() && text.charAt(blank) == '\n') {
      blank++;
    }
    return new Template(whole.append(text).toString(), file, at + blank);
  }

  /** Counted from 0; -1 if there is none. */
  private static int firstEightBitLine(String text) {
    int line = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return line;
      }
      line += text.charAt(i) == '\n' ? 1 : 0;
    }
    return -1;
  }

  /**
   * Without those whose text names something unknown or has a wrong expression, each with a
   * warning: the template of {@code standard} stands in its place.
   */
  private BounceTemplates usable(BounceTemplates standard, Config config, List<String> warnings) {
    Map<String, Template> good = new LinkedHashMap<>(templates);
    for (String kind : KINDS) {
      try {
        String _ = expandedText(kind, config);
      } catch (ConfigException e) {
        warnings.add(e.getMessage() + " -- ignoring this template");
        good.put(kind, standard.known(kind));
      }
    }
    return new BounceTemplates(good);
  }

  private static Map<String, Written> parse(String file, String text, List<String> warnings)
      throws ConfigException {
    Map<String, Written> found = new LinkedHashMap<>();
    String[] lines = text.split("\n", -1);
    int at = 0;
    while (at < lines.length) {
      String line = Separators.strip(lines[at++]);
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int mark = line.indexOf("<<");
      int equals = line.indexOf('=');
      if (equals < 0 || mark < equals || !line.substring(0, equals).strip().endsWith(ENDING)) {
        throw new ConfigException(
            place(file, at) + "expected \"name_template = <<WORD\" but found: \"" + line + "\"");
      }
      String name = line.substring(0, equals).strip();
      String end = line.substring(mark + 2).strip();
      int begun = at + 1;
      StringBuilder body = new StringBuilder();
      while (at < lines.length && !lines[at].equals(end)) {
        body.append(lines[at++]).append('\n');
      }
      if (at == lines.length) {
        warnings.add(place(file, begun - 1) + "missing \"" + end + "\" at the end of " + name);
      }
      at++;
      String kind = name.substring(0, name.length() - ENDING.length());
      found.put(kind, new Written(body.toString(), begun));
    }
    return found;
  }

  /** main.cf, and for three times the same in another unit. */
  private record Names(Config config) implements Expansion.Names {
    @Override
    public @Nullable String value(String name) throws ConfigException {
      for (String time : TIMES) {
        if (name.startsWith(time + "_")) {
          long seconds = config.time(time).toSeconds();
          return switch (name.substring(time.length() + 1)) {
            case "seconds" -> Long.toString(seconds);
            case "minutes" -> Long.toString(seconds / 60);
            case "hours" -> Long.toString(seconds / 3_600);
            case "days" -> Long.toString(seconds / 86_400);
            case "weeks" -> Long.toString(seconds / 604_800);
            default ->
                throw new ConfigException(
                    "unrecognized suffix \"%s\" in $%s (use seconds, minutes, hours, days or weeks)"
                        .formatted(name.substring(time.length() + 1), name));
          };
        }
      }
      String value = config.written(name);
      if (value == null) {
        // Left out in silence, it would leave a hole in what people get to read.
        throw new ConfigException("undefined $" + name);
      }
      return value;
    }

    @Override
    public boolean raw(String name) {
      return false;
    }
  }
}
