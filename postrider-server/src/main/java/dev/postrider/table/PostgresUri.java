package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** {@code postgresql://user:password@host:port/database?name=value}, as libpq has it. Stateless. */
final class PostgresUri {
  /** How pgjdbc calls what libpq calls otherwise; other names are the same. */
  private static final Map<String, String> NAMES =
      Map.of(
          "connect_timeout",
          "connectTimeout",
          "application_name",
          "ApplicationName",
          "target_session_attrs",
          "targetServerType");

  private PostgresUri() {}

  static SqlHost host(String uri) throws ConfigException {
    String rest = uri.substring("postgresql:".length());
    if (!rest.startsWith("//")) {
      throw new ConfigException(
          "hosts: \"postgresql:\" must go on as \"//user@host:port/database\"");
    }
    rest = rest.substring(2);
    Map<String, String> settings = new HashMap<>();
    int question = rest.indexOf('?');
    String socket = "";
    if (question >= 0) {
      for (String pair : rest.substring(question + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        if (name.equals("host")) {
          socket = value;
        } else {
          settings.put(NAMES.getOrDefault(name, name), value);
        }
      }
      rest = rest.substring(0, question);
    }
    int slash = rest.indexOf('/');
    String database = slash < 0 ? "" : decoded(rest.substring(slash + 1));
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String[] login = authority.substring(0, at).split(":", 2);
      settings.put("user", decoded(login[0]));
      if (login.length > 1) {
        settings.put("password", decoded(login[1]));
      }
    }
    String host = authority.substring(at + 1);
    // The login is left out of what messages show.
    String shown = "postgresql://" + host + "/" + database;
    host = decoded(host);
    if (host.startsWith("/") || socket.startsWith("/")) {
      SqlHost made = SqlHost.pgsqlSocket(shown, socket.isEmpty() ? host : socket, database);
      settings.putAll(made.settings());
      return new SqlHost(shown, 2, made.url(), settings);
    }
    String server = socket.isEmpty() ? host : socket;
    return new SqlHost(
        shown,
        2,
        "jdbc:postgresql://"
            + (server.isEmpty() ? "localhost" : server)
            + "/"
            + SqlHost.encoded(database),
        settings);
  }

  private static String decoded(String text) throws ConfigException {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("hosts: a percent sign in a URI is written %25", e);
    }
  }
}
