package dev.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One next hop as configured: {@code domain}, {@code domain:port}, {@code [host]}, {@code
 * [host]:port} or {@code [address]}; with {@code login@} before it if it is to be used with that
 * login and no other. Immutable.
 *
 * @param login under which key the password tables have the login, or empty if server and sender
 *     say which it is
 * @param written the text without the login, the key of password and policy tables
 * @param host without brackets and port
 * @param port to connect to
 * @param direct whether the brackets forbid a look at MX records
 */
record Site(String login, String written, String host, int port, boolean direct) {
  /** One with whatever login is meant for it. */
  Site(String written, String host, int port, boolean direct) {
    this("", written, host, port, direct);
  }

  /** Reads one; empty if the port is no port or the host is missing. */
  static Optional<Site> parse(String whole, int defaultPort) {
    // Logins have an @ themselves; hosts and ports have none.
    int at = whole.lastIndexOf('@');
    if (at == 0) {
      return Optional.empty();
    }
    String login = at < 0 ? "" : whole.substring(0, at);
    String text = whole.substring(at + 1);
    String host = text;
    String port = "";
    boolean direct = false;
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      if (close < 0) {
        return Optional.empty();
      }
      host = text.substring(1, close);
      port = text.substring(close + 1);
      direct = true;
      if (!port.isEmpty() && !port.startsWith(":")) {
        return Optional.empty();
      }
    } else {
      int colon = text.indexOf(':');
      if (colon >= 0 && colon == text.lastIndexOf(':')) {
        host = text.substring(0, colon);
        port = text.substring(colon);
      }
    }
    int number = port.isEmpty() ? defaultPort : Ports.number(port.substring(1));
    return host.isEmpty() || number < 0
        ? Optional.empty()
        : Optional.of(new Site(login, text, withoutTag(host), number, direct));
  }

  /** The same with the port that a record names. */
  Site withPort(int newPort) {
    return new Site(written, host, newPort, direct);
  }

  /** All of a list: several relay hosts may be named, tried in this order. */
  static List<String> split(String destinations) {
    List<String> found = new ArrayList<>();
    for (String one : destinations.split("[,\\s]+")) {
      if (!one.isEmpty()) {
        found.add(one);
      }
    }
    return found;
  }

  /** {@code [IPv6:::1]} of RFC 5321 §4.1.3 is {@code ::1}. */
  private static String withoutTag(String host) {
    return host.regionMatches(true, 0, "IPv6:", 0, 5) ? host.substring(5) : host;
  }

  /** As it was configured, login and all: what is different is another account. */
  String whole() {
    return login.isEmpty() ? written : login + "@" + written;
  }
}
