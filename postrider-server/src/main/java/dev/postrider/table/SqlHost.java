package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.util.Map;
import java.util.Properties;

/**
 * A database server, or file, as JDBC is told of it. Immutable.
 *
 * @param text as configured, for messages
 * @param rank 0 for those to be asked first
 * @param url without a password
 * @param settings what the driver is told besides
 */
record SqlHost(String text, int rank, String url, Map<String, String> settings) {
  private static final int POSTGRES_PORT = 5432;
  private static final int MYSQL_PORT = 3306;

  SqlHost {
    settings = Map.copyOf(settings);
  }

  Properties properties() {
    Properties all = new Properties();
    all.putAll(settings);
    return all;
  }

  static SqlHost sqlite(String path) {
    return new SqlHost(path, 0, "jdbc:sqlite:" + path, Map.of());
  }

  /** {@code unix:/directory}, {@code inet:host:port}, {@code host:port} or a connection URI. */
  static SqlHost pgsql(String text, String database) throws ConfigException {
    if (text.startsWith("postgresql:")) {
      return PostgresUri.host(text);
    }
    String host = text.startsWith("unix:") || text.startsWith("inet:") ? text.substring(5) : text;
    if (host.isEmpty() || host.startsWith("/")) {
      return pgsqlSocket(text, host.isEmpty() ? "/run/postgresql" : host, database);
    }
    return new SqlHost(
        text,
        1,
        "jdbc:postgresql://" + withPort(host, POSTGRES_PORT) + "/" + encoded(database),
        Map.of());
  }

  static SqlHost pgsqlSocket(String text, String directory, String database) {
    return new SqlHost(
        text,
        0,
        "jdbc:postgresql://localhost/" + encoded(database),
        Map.of(
            "socketFactory",
            UnixSocketFactory.class.getName(),
            "socketFactoryArg",
            directory + "/.s.PGSQL." + POSTGRES_PORT,
            // TLS is for the way between machines; libpq does not use it on a socket either.
            "sslmode",
            "disable"));
  }

  /**
   * {@code unix:/path}, {@code inet:host:port} or {@code host:port}; {@code localhost} is the
   * server's socket.
   */
  static SqlHost mysql(String text, String database, String socket) throws ConfigException {
    boolean unix = text.startsWith("unix:");
    String host = unix || text.startsWith("inet:") ? text.substring(5) : text;
    if (unix || host.replaceFirst(":[^:]*$", "").equalsIgnoreCase("localhost")) {
      return new SqlHost(
          text,
          0,
          "jdbc:mariadb://localhost/" + encoded(database),
          Map.of("localSocket", unix ? host : socket));
    }
    return new SqlHost(
        text,
        1,
        "jdbc:mariadb://" + withPort(host, MYSQL_PORT) + "/" + encoded(database),
        Map.of());
  }

  private static String withPort(String host, int otherwise) throws ConfigException {
    int colon = host.lastIndexOf(':');
    boolean port = colon > 0 && (host.indexOf(':') == colon || host.charAt(colon - 1) == ']');
    String name = port ? host.substring(0, colon) : host;
    if (!name.matches("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+\\]")) {
      throw new ConfigException(
          "hosts: bad host \"" + host + "\" (use unix:path, inet:host:port or host)");
    }
    return name + ":" + (port ? Endpoint.port(host.substring(colon + 1)) : otherwise);
  }

  /** For the path of a URL. */
  static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }
}
