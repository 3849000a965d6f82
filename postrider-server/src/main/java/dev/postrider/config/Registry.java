package dev.postrider.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All parameters there are: name, type, default, support. Immutable and safe on any thread.
 *
 * <p>The data is a sorted text file that is searched by bisection as it lies, because a command
 * needs a handful of the nine hundred names and its start must not pay for the rest.
 */
public final class Registry {
  private static final class Holder {
    static final Registry INSTANCE = new Registry(SortedLines.resource("parameters.tsv"));
  }

  private final SortedLines lines;
  private final Map<String, Parameter> found = new ConcurrentHashMap<>();

  private Registry(SortedLines lines) {
    this.lines = lines;
  }

  public static Registry get() {
    return Holder.INSTANCE;
  }

  /**
   * The parameter of that name: a built-in one, or one derived from a transport's name such as
   * {@code relay_destination_concurrency_limit}; null if there is none.
   */
  public @Nullable Parameter find(String name) {
    Parameter builtIn = builtIn(name);
    return builtIn != null ? builtIn : ServiceParameters.derive(name, this);
  }

  /** The built-in parameter of that name, or null. */
  public @Nullable Parameter builtIn(String name) {
    Parameter known = found.get(name);
    if (known != null) {
      return known;
    }
    String rest = lines.find(name);
    if (rest == null) {
      return null;
    }
    Parameter parameter = parse(name, rest);
    found.put(name, parameter);
    return parameter;
  }

  /** All built-in parameters, by name. */
  public List<Parameter> all() {
    List<Parameter> all = new ArrayList<>(1000);
    lines.forEach((name, rest) -> all.add(parse(name, rest)));
    return all;
  }

  private static Parameter parse(String name, String rest) {
    int first = rest.indexOf('\t');
    int second = rest.indexOf('\t', first + 1);
    String mark = rest.substring(0, first);
    String kind = rest.substring(first + 1, second);
    String ours = PostriderDefaults.of(name);
    String value = ours != null ? ours : rest.substring(second + 1);
    List<String> parts = split(kind, ':');
    Parameter.Type type = type(parts.getFirst());
    boolean hasWords = type == Parameter.Type.WORDS || type == Parameter.Type.ANY_WORDS;
    int bounds = type == Parameter.Type.TIME ? 2 : 1;
    return new Parameter(
        name,
        type,
        value,
        type == Parameter.Type.TIME ? parts.get(1).charAt(0) : ' ',
        hasWords ? 0 : bound(parts, bounds),
        hasWords ? 0 : bound(parts, bounds + 1),
        hasWords ? split(parts.get(1), ',') : List.of(),
        support(mark.charAt(0)),
        mark.length() > 1 ? split(mark.substring(1), ',') : List.of(),
        false);
  }

  private static long bound(List<String> parts, int index) {
    return index < parts.size() ? Long.parseLong(parts.get(index)) : 0;
  }

  private static Parameter.Type type(String word) {
    return switch (word) {
      case "text" -> Parameter.Type.TEXT;
      case "raw" -> Parameter.Type.RAW;
      case "flag" -> Parameter.Type.FLAG;
      case "number" -> Parameter.Type.NUMBER;
      case "size" -> Parameter.Type.SIZE;
      case "time" -> Parameter.Type.TIME;
      case "words" -> Parameter.Type.WORDS;
      case "any" -> Parameter.Type.ANY_WORDS;
      case "legacy" -> Parameter.Type.LEGACY;
      case "readonly" -> Parameter.Type.READ_ONLY;
      default -> throw new IllegalStateException("parameters.tsv: type " + word);
    };
  }

  private static Parameter.Support support(char mark) {
    return switch (mark) {
      case '+' -> Parameter.Support.SUPPORTED;
      case '-' -> Parameter.Support.NOT_YET;
      case '*' -> Parameter.Support.MEANINGLESS;
      case '~' -> Parameter.Support.MAIL_WAITS;
      case '!' -> Parameter.Support.UNSAFE_TO_IGNORE;
      default -> throw new IllegalStateException("parameters.tsv: support " + mark);
    };
  }

  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, start)) {
      parts.add(text.substring(start, at));
      start = at + 1;
    }
    parts.add(text.substring(start));
    return parts;
  }
}
