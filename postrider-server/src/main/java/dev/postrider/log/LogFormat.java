package dev.postrider.log;

import java.util.Locale;

/** How the lines of a log file look ({@code postrider_log_format}). */
public enum LogFormat {
  /** Postfix's lines, which people and log tools know. */
  TEXT,
  /** One JSON object a line, for what collects the output of containers. */
  JSON;

  /**
   * The value of {@code postrider_log_format}.
   *
   * @throws IllegalArgumentException naming the parameter, the value and what would do
   */
  static LogFormat of(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default ->
          throw new IllegalArgumentException(
              "postrider_log_format: unknown format \"" + word + "\" (use text or json)");
    };
  }
}
