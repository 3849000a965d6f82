package dev.postrider.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Reads the values of typed parameters, as postconf(5) describes them. */
final class Values {
  private Values() {}

  /**
   * A list separated by white space or commas.
   *
   * @return items as written; text in braces stays together, braces included
   */
  static List<String> list(String text) {
    return Separators.split(text, Separators::isSpaceOrComma);
  }

  /** Why a value does not fit its parameter, with the remedy in parentheses; empty if it fits. */
  static String fault(Parameter parameter, String value) {
    try {
      return switch (parameter.type()) {
        case FLAG -> isFlag(value) ? "" : "bad yes-or-no value \"" + value + "\" (use yes or no)";
        case NUMBER -> range(parameter, number(value, Integer.MAX_VALUE), value);
        case SIZE -> range(parameter, number(value, Long.MAX_VALUE), value);
        case TIME -> range(parameter, time(value, parameter.unit()).toSeconds(), value);
        case WORDS ->
            parameter.words().contains(value.toLowerCase(Locale.ROOT))
                ? ""
                : "bad value \"" + value + "\" (use one of: " + choice(parameter) + ")";
        case ANY_WORDS -> unknownWord(parameter, value);
        case TEXT, RAW, LEGACY, READ_ONLY -> "";
      };
    } catch (NumberFormatException e) {
      return parameter.type() == Parameter.Type.TIME
          ? "bad time \"" + value + "\" (use a number and s, m, h, d or w)"
          : "bad number \"" + value + "\" (use digits only)";
    }
  }

  /** Letter by letter: Postfix takes no other case either. */
  private static String unknownWord(Parameter parameter, String value) {
    for (String word : list(value)) {
      if (!parameter.words().contains(word)) {
        return "unknown word \"%s\" in \"%s\" (use any of: %s)"
            .formatted(word, value, choice(parameter));
      }
    }
    return "";
  }

  private static String choice(Parameter parameter) {
    StringBuilder words = new StringBuilder();
    for (String word : parameter.words()) {
      if (!word.isEmpty()) {
        words.append(words.isEmpty() ? "" : ", ").append(word);
      }
    }
    return words.toString();
  }

  private static String range(Parameter parameter, long number, String value) {
    if (number < parameter.minimum()) {
      return "value \"" + value + "\" is too small (use at least " + parameter.minimum() + ")";
    }
    if (parameter.maximum() > 0 && number > parameter.maximum()) {
      return "value \"" + value + "\" is too great (use at most " + parameter.maximum() + ")";
    }
    return "";
  }

  private static boolean isFlag(String value) {
    return value.equalsIgnoreCase("yes") || value.equalsIgnoreCase("no");
  }

  static boolean flag(String value) {
    return value.equalsIgnoreCase("yes");
  }

  /** Also below zero, as some limits are. */
  static long number(String value, long maximum) {
    String text = Separators.strip(value);
    long number = Long.parseLong(text);
    if (number > maximum || number < -maximum) {
      throw new NumberFormatException(value);
    }
    return number;
  }

  /**
   * A time such as {@code 300s} or {@code 5d}.
   *
   * @param unit used where there is no letter
   */
  static Duration time(String value, char unit) {
    String text = Separators.strip(value);
    int end = 0;
    while (end < text.length() && Separators.isDigit(text.charAt(end))) {
      end++;
    }
    char letter = end < text.length() ? text.charAt(end) : unit;
    // Text after the letter is ignored, as Postfix does: "2days" is two days.
    long seconds =
        switch (letter) {
          case 's' -> 1;
          case 'm' -> 60;
          case 'h' -> 3_600;
          case 'd' -> 86_400;
          case 'w' -> 604_800;
          default -> throw new NumberFormatException(value);
        };
    long count = Long.parseLong(text.substring(0, end));
    if (count > Integer.MAX_VALUE / seconds) {
      throw new NumberFormatException(value);
    }
    return Duration.ofSeconds(count * seconds);
  }
}
