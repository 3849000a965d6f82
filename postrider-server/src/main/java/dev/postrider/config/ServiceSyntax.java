package dev.postrider.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one service line of master.cf (master(5)). */
public final class ServiceSyntax {
  /** Name, type, private, unpriv, chroot, wakeup, maxproc, command. */
  public static final int FIELDS = 8;

  private static final String[] NAMES = {
    "service", "type", "private", "unprivileged", "chroot", "wakeup", "process_limit", "command"
  };

  private ServiceSyntax() {}

  /** The names of the eight fields, as {@code postconf -F} shows them. */
  public static List<String> fieldNames() {
    return List.of(NAMES);
  }

  /**
   * Takes a logical line apart.
   *
   * @param warnings what is odd in its arguments is added here
   * @throws ConfigException worded as Postfix does; {@code bad field count} says not where
   */
  public static ServiceEntry parse(String text, int line, List<String> warnings)
      throws ConfigException {
    List<String> words = words(text);
    if (words.size() < FIELDS) {
      throw new ConfigException("bad field count");
    }
    check(words, text);
    List<String> arguments = normalized(words.subList(FIELDS, words.size()), warnings);
    return new ServiceEntry(
        words.get(0),
        words.get(1),
        words.get(2),
        words.get(3),
        words.get(4),
        words.get(5),
        words.get(6),
        words.get(7),
        arguments,
        overrides(arguments),
        line);
  }

  /** Splits at white space, keeping text in braces together. */
  public static List<String> words(String text) {
    return Separators.split(text, Separators::isSpace);
  }

  /**
   * Whether the eight fields hold what they may.
   *
   * @param shown what the message shows as the place
   */
  public static void check(List<String> fields, String shown) throws ConfigException {
    switch (fields.get(1)) {
      case "unix", "fifo", "inet", "pass", "unix-dgram" -> {}
      default -> throw invalid(1, fields, shown);
    }
    for (int field = 2; field <= 4; field++) {
      switch (fields.get(field)) {
        case "y", "n", "-" -> {}
        default -> throw invalid(field, fields, shown);
      }
    }
    String wakeup = fields.get(5);
    String digits = wakeup.endsWith("?") ? wakeup.substring(0, wakeup.length() - 1) : wakeup;
    if (!digits.equals("-") && !digits.isEmpty() && !Separators.allDigits(digits)) {
      throw invalid(5, fields, shown);
    }
    String limit = fields.get(6);
    if (!limit.equals("-") && !limit.isEmpty() && !Separators.allDigits(limit)) {
      throw invalid(6, fields, shown);
    }
  }

  private static ConfigException invalid(int field, List<String> fields, String shown) {
    return new ConfigException(
        "invalid %s field \"%s\" in \"%s\""
            .formatted(NAMES[field], fields.get(field), shown)
            .replace('\n', ' '));
  }

  /**
   * {@code -oname=value} and {@code -o { name = value }} become {@code -o} and {@code name=value}.
   */
  public static List<String> normalized(List<String> words, List<String> warnings) {
    List<String> result = new ArrayList<>(words);
    int at = 0;
    while (at < result.size()) {
      String word = result.get(at);
      if (!word.startsWith("-") || word.equals("--")) {
        break;
      }
      int option = word.indexOf('o', 2);
      if (option > 0) {
        // "-vo" is "-v" "-o"; a dash alone or "-o..." is treated below.
        if (word.charAt(1) != 'o') {
          result.set(at, word.substring(0, option));
          result.add(at + 1, "-" + word.substring(option));
          word = result.get(at);
        }
      }
      at++;
      if (word.length() < 2 || word.charAt(1) != 'o') {
        continue;
      }
      if (word.length() > 2) {
        result.set(at - 1, "-o");
        result.add(at, word.substring(2));
      }
      if (at < result.size()) {
        if (result.get(at).startsWith("{")) {
          result.set(at, pair(unbraced(result.get(at), warnings), warnings));
        }
        at++;
      }
    }
    for (; at < result.size(); at++) {
      if (result.get(at).startsWith("{")) {
        result.set(at, unbraced(result.get(at), warnings));
      }
    }
    return result;
  }

  private static String pair(String text, List<String> warnings) {
    try {
      NameValue pair = NameValue.parse(text);
      return pair.name() + "=" + pair.value();
    } catch (ConfigException e) {
      warnings.add("master.cf: " + e.getMessage() + ": \"" + text + "\"");
      return text;
    }
  }

  private static String unbraced(String word, List<String> warnings) {
    int level = 0;
    int close = -1;
    for (int i = 0; i < word.length() && close < 0; i++) {
      char c = word.charAt(i);
      if (c == '{') {
        level++;
      } else if (c == '}' && --level == 0) {
        close = i;
      }
    }
    if (close < 0) {
      warnings.add("master.cf: missing '}' in \"" + word + "\"");
      return Separators.strip(word.substring(1));
    }
    if (close < word.length() - 1) {
      warnings.add("master.cf: syntax error after '}' in \"" + word + "\"");
    }
    return Separators.strip(word.substring(1, close));
  }

  /** The settings among normalized arguments, the last of two winning. */
  static Map<String, String> overrides(List<String> arguments) {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (int at = 0; at + 1 < arguments.size(); at++) {
      String word = arguments.get(at);
      if (!word.startsWith("-") || word.equals("--")) {
        break;
      }
      if (word.startsWith("-o")) {
        at++;
        String text = arguments.get(at);
        int equals = text.indexOf('=');
        if (word.equals("-o") && equals > 0) {
          overrides.put(
              Separators.strip(text.substring(0, equals)),
              Separators.strip(text.substring(equals + 1)));
        }
      }
    }
    return overrides;
  }
}
