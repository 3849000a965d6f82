package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Translates the parameters of a table into what JDBC drivers are told. Stateless. */
final class SqlParameters {
  /** For connecting, and for the server's answer; Postfix leaves both to its libraries. */
  private static final int CONNECT_SECONDS = 10;

  private static final int ANSWER_SECONDS = 30;

  private static final Map<SqlDialect, Set<String>> KNOWN =
      Map.of(
          SqlDialect.SQLITE,
          Set.of("dbpath"),
          SqlDialect.PGSQL,
          Set.of("hosts", "user", "password", "dbname", "select_function"),
          SqlDialect.MYSQL,
          Set.of(
              "hosts",
              "user",
              "password",
              "dbname",
              "option_file",
              "option_group",
              "tls_key_file",
              "tls_cert_file",
              "tls_CAfile",
              "tls_CApath",
              "tls_ciphers",
              "tls_verify_cert",
              "require_result_set"));

  private static final List<String> MYSQL_TLS =
      List.of(
          "tls_key_file",
          "tls_cert_file",
          "tls_CAfile",
          "tls_CApath",
          "tls_ciphers",
          "tls_verify_cert");

  private SqlParameters() {}

  static Set<String> known(SqlDialect dialect) {
    return KNOWN.getOrDefault(dialect, Set.of());
  }

  static List<SqlHost> hosts(SqlDialect dialect, ParameterFile parameters)
      throws IOException, ConfigException {
    if (dialect == SqlDialect.SQLITE) {
      return List.of(SqlHost.sqlite(parameters.needed("dbpath")));
    }
    String database = parameters.needed("dbname");
    List<SqlHost> hosts = new ArrayList<>();
    for (String host : TableSpec.split(parameters.text("hosts", ""))) {
      hosts.add(host(dialect, host, database, parameters));
    }
    return hosts.isEmpty() ? List.of(host(dialect, "localhost", database, parameters)) : hosts;
  }

  private static SqlHost host(
      SqlDialect dialect, String text, String database, ParameterFile parameters)
      throws IOException, ConfigException {
    return dialect == SqlDialect.PGSQL
        ? SqlHost.pgsql(text, database)
        : SqlHost.mysql(
            text,
            database,
            MysqlOptionFile.of(parameters).getOrDefault("socket", "/run/mysqld/mysqld.sock"));
  }

  static SqlConnections.Manner manner(SqlDialect dialect, ParameterFile parameters)
      throws IOException {
    return switch (dialect) {
      case SQLITE ->
          new SqlConnections.Manner(
              dialect, Map.of("open_mode", "1", "busy_timeout", "3000"), "", false);
      case PGSQL -> pgsql(parameters);
      case MYSQL -> mysql(parameters);
    };
  }

  private static SqlConnections.Manner pgsql(ParameterFile parameters) {
    Map<String, String> settings = new HashMap<>();
    settings.put("user", parameters.text("user", ""));
    if (parameters.text("user", "").isEmpty()) {
      settings.put("user", System.getProperty("user.name", ""));
    }
    if (parameters.has("password")) {
      settings.put("password", parameters.text("password", ""));
    }
    settings.put("connectTimeout", "" + CONNECT_SECONDS);
    settings.put("socketTimeout", "" + ANSWER_SECONDS);
    settings.put("preferQueryMode", "simple");
    settings.put("gssEncMode", "disable");
    settings.put("ApplicationName", "postrider");
    // Else a backslash in an address would have a meaning (SqlQuery relies on this).
    return new SqlConnections.Manner(
        SqlDialect.PGSQL, settings, "SET standard_conforming_strings = on", false);
  }

  private static SqlConnections.Manner mysql(ParameterFile parameters) throws IOException {
    Map<String, String> options = MysqlOptionFile.of(parameters);
    Map<String, String> settings = new HashMap<>();
    for (String name : List.of("user", "password")) {
      String value = parameters.text(name, "");
      settings.put(name, value.isEmpty() ? options.getOrDefault(name, "") : value);
    }
    settings.put("connectTimeout", "" + 1000 * CONNECT_SECONDS);
    settings.put("socketTimeout", "" + 1000 * ANSWER_SECONDS);
    tls(parameters, settings);
    // Else a backslash in an address would have no meaning (SqlQuery relies on its having one).
    return new SqlConnections.Manner(
        SqlDialect.MYSQL,
        settings,
        "SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'NO_BACKSLASH_ESCAPES', '')",
        parameters.flag("require_result_set", true));
  }

  private static void tls(ParameterFile parameters, Map<String, String> settings)
      throws IOException {
    if (MYSQL_TLS.stream().noneMatch(parameters::has)) {
      return;
    }
    for (String name : List.of("tls_key_file", "tls_cert_file", "tls_CApath")) {
      if (parameters.has(name)) {
        throw new IOException(
            parameters.place(name)
                + ": "
                + name
                + " is not supported: the driver takes certificates from tls_CAfile only and none for the client");
      }
    }
    boolean verify = parameters.flag("tls_verify_cert", parameters.has("tls_CAfile"));
    // The names of MariaDB's driver 2 and 3, and of MySQL's own.
    settings.put("useSsl", "true");
    settings.put("trustServerCertificate", verify ? "false" : "true");
    settings.put("sslMode", verify ? "VERIFY_IDENTITY" : "REQUIRED");
    if (parameters.has("tls_CAfile")) {
      settings.put("serverSslCert", parameters.text("tls_CAfile", ""));
    }
    if (parameters.has("tls_ciphers")) {
      settings.put("enabledSslCipherSuites", parameters.text("tls_ciphers", ""));
    }
  }
}
