package dev.postrider.smtp;

import java.util.Locale;

/** Port numbers and the service names that stand for them in relayhost and the like. */
final class Ports {
  private Ports() {}

  /**
   * Reads a number or a service name.
   *
   * @return -1 if it is neither
   */
  static int number(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "smtp" -> 25;
      case "lmtp" -> 24;
      case "smtps", "submissions", "ssmtp", "urd" -> 465;
      case "submission" -> 587;
      default -> digits(text);
    };
  }

  static int number(String text, int otherwise) {
    int found = number(text);
    return found < 0 ? otherwise : found;
  }

  private static int digits(String text) {
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9' || value > 65535) {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return text.isEmpty() || value == 0 || value > 65535 ? -1 : value;
  }
}
