package dev.postrider.table;

import java.io.IOException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database servers of one table through JDBC; those on a socket before those on the
 * network. Safe on any thread.
 */
final class SqlConnections {
  /**
   * How to reach them.
   *
   * @param dialect of the database
   * @param settings user, password and what else every server's driver is told
   * @param onConnect a statement for each new connection; empty for none
   * @param resultNeeded whether a query that returns no set of rows is a failure
   */
  record Manner(
      SqlDialect dialect, Map<String, String> settings, String onConnect, boolean resultNeeded) {
    Manner {
      settings = Map.copyOf(settings);
    }

    /** Without what must not be shown. */
    @Override
    public String toString() {
      return dialect.type();
    }
  }

  private final Manner manner;
  private final ServerGroup<Connection> servers;

  SqlConnections(NetworkTable table, Manner manner, List<SqlHost> hosts) {
    this.manner = manner;
    this.servers = new ServerGroup<>(table);
    for (SqlHost host : hosts) {
      servers.add(host.text(), host.rank(), () -> connect(host));
    }
  }

  /**
   * The rows of a query, each a list of columns, of the first server that answers.
   *
   * @throws IOException naming the last server that did not
   */
  List<List<@Nullable String>> query(String sql) throws IOException {
    return servers.ask(connection -> run(connection, sql));
  }

  private Connection connect(SqlHost host) throws IOException {
    Driver driver = JdbcDrivers.of(manner.dialect());
    Properties properties = new Properties();
    properties.putAll(manner.settings());
    properties.putAll(host.properties());
    String url = host.url();
    if (driver.getClass().getName().startsWith("com.mysql.")) {
      if (properties.containsKey("localSocket")) {
        throw new IOException(
            "MySQL's own driver knows no sockets: install MariaDB's, or write the host as 127.0.0.1");
      }
      url = url.replace("jdbc:mariadb:", "jdbc:mysql:");
    }
    try {
      @Nullable Connection connection = connect(driver, url, properties);
      if (connection == null) {
        throw new IOException("the driver does not take " + url);
      }
      if (!manner.onConnect().isEmpty()) {
        try (Statement first = connection.createStatement()) {
          boolean _ = first.execute(manner.onConnect());
        } catch (SQLException e) {
          connection.close();
          throw e;
        }
      }
      return connection;
    } catch (SQLException e) {
      throw new UnreachableException("connect to " + host.text() + ": " + reason(e), e);
    }
  }

  /** A driver that does not fit this Java is no reason to end more than the attempt. */
  private static @Nullable Connection connect(Driver driver, String url, Properties properties)
      throws SQLException {
    try {
      return driver.connect(url, properties);
    } catch (LinkageError | RuntimeException e) {
      throw new SQLException("the driver failed: " + e, e);
    }
  }

  private List<List<@Nullable String>> run(Connection connection, String sql) throws IOException {
    try (Statement statement = connection.createStatement()) {
      // Braces in a query are the database's own.
      statement.setEscapeProcessing(false);
      @Nullable List<List<@Nullable String>> rows = null;
      boolean set = statement.execute(sql);
      while (set || statement.getUpdateCount() != -1) {
        if (set && rows != null) {
          throw new IOException(
              "query failed: multiple result sets returning data are not supported");
        }
        if (set) {
          try (ResultSet found = statement.getResultSet()) {
            rows = rows(found);
          }
        }
        if (manner.dialect() == SqlDialect.SQLITE) {
          // Of several statements the first counts, as in Postfix; the driver knows no more.
          break;
        }
        set = statement.getMoreResults();
      }
      if (rows == null && manner.resultNeeded()) {
        throw new IOException(
            "query failed: query returned no result set (require_result_set = yes)");
      }
      return rows == null ? List.of() : rows;
    } catch (SQLException e) {
      String state = e.getSQLState() == null ? "" : e.getSQLState();
      String reason = "query failed: " + reason(e);
      throw state.startsWith("08")
          ? new UnreachableException(reason, e)
          : new IOException(reason, e);
    }
  }

  private List<List<@Nullable String>> rows(ResultSet found) throws SQLException {
    int columns = manner.dialect() == SqlDialect.SQLITE ? 1 : found.getMetaData().getColumnCount();
    List<List<@Nullable String>> rows = new ArrayList<>();
    while (found.next()) {
      List<@Nullable String> row = new ArrayList<>(columns);
      for (int i = 1; i <= columns; i++) {
        row.add(found.getString(i));
      }
      rows.add(row);
    }
    return rows;
  }

  /** One line; drivers tell stories. */
  private static String reason(SQLException e) {
    Throwable deepest = e;
    String message = String.valueOf(e.getMessage());
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    boolean tells = deepest instanceof IOException && deepest.getMessage() != null;
    String text = tells ? String.valueOf(deepest.getMessage()) : message;
    return MapSource.printable(text.lines().map(String::strip).findFirst().orElse(""));
  }
}
