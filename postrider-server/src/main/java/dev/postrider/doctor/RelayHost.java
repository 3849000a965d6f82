package dev.postrider.doctor;

import java.util.ArrayList;
import java.util.List;

/**
 * One server of {@code relayhost}. Immutable.
 *
 * @param login that is to be used there, if main.cf names one before an {@code @}; mostly empty
 * @param written as main.cf has it without the login: the key of password tables
 * @param host a name or an address
 * @param port 0 if it is no port
 * @param direct whether brackets forbid a look at MX records
 */
public record RelayHost(String login, String written, String host, int port, boolean direct) {
  /** All of a value; none for direct sending, nor for words that are no server. */
  public static List<RelayHost> all(String value, String defaultPort) {
    List<RelayHost> found = new ArrayList<>();
    for (String word : value.split("[,\\s]+", -1)) {
      if (!word.isEmpty()) {
        found.add(one(word, port(defaultPort)));
      }
    }
    return found;
  }

  private static RelayHost one(String whole, int defaultPort) {
    int at = whole.lastIndexOf('@');
    String word = whole.substring(at + 1);
    int close = word.startsWith("[") ? word.indexOf(']') : -1;
    String host = close > 0 ? word.substring(1, close) : word;
    String port = close > 0 ? word.substring(close + 1) : "";
    int colon = word.indexOf(':');
    if (close < 0 && colon >= 0 && colon == word.lastIndexOf(':')) {
      host = word.substring(0, colon);
      port = word.substring(colon);
    }
    int number = port.isEmpty() ? defaultPort : port.startsWith(":") ? port(port.substring(1)) : 0;
    return new RelayHost(whole.substring(0, Math.max(at, 0)), word, host, number, close > 0);
  }

  private static int port(String text) {
    return switch (text) {
      case "smtp" -> 25;
      case "smtps", "submissions" -> 465;
      case "submission" -> 587;
      default -> text.matches("[0-9]{1,5}") ? Integer.parseInt(text) & 0xffff : 0;
    };
  }

  /** As main.cf has it, with the login. */
  String destination() {
    return login.isEmpty() ? written : login + "@" + written;
  }

  boolean isLiteral() {
    return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
  }
}
