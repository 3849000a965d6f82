package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code sqlite:/file}, {@code mysql:/file} and {@code pgsql:/file}, as sqlite_table(5),
 * mysql_table(5) and pgsql_table(5) describe them. Safe on any thread.
 */
final class SqlTable implements Content {
  private static final Set<String> COMMON =
      Set.of(
          "query",
          "result_format",
          "domain",
          "expansion_limit",
          "table",
          "select_field",
          "where_field",
          "additional_conditions");

  private final String name;
  private final boolean fold;
  private final KeyFormat format = new KeyFormat();
  private final SqlQuery query;
  private final KeyFormat.Text result;
  private final @Nullable StringList domain;
  private final int limit;
  private final SqlConnections connections;

  SqlTable(NetworkTable table, ParameterFile parameters, SqlDialect dialect)
      throws IOException, ConfigException {
    this.name = table.name();
    this.fold = table.fold();
    this.query = SqlQuery.of(dialect, format.query(text(parameters, dialect)));
    this.result = format.result(parameters.text("result_format", "%s"));
    this.domain = table.domain(parameters);
    this.limit = parameters.number("expansion_limit", 0, 0);
    this.connections =
        new SqlConnections(
            table,
            SqlParameters.manner(dialect, parameters),
            SqlParameters.hosts(dialect, parameters));
  }

  static Set<String> parameters(SqlDialect dialect) {
    return java.util.stream.Stream.concat(COMMON.stream(), SqlParameters.known(dialect).stream())
        .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }

  private static String text(ParameterFile parameters, SqlDialect dialect) throws IOException {
    if (parameters.has("query")) {
      return parameters.text("query", "");
    }
    if (dialect == SqlDialect.PGSQL && parameters.has("select_function")) {
      return "SELECT " + parameters.text("select_function", "") + "('%s')";
    }
    if (!parameters.has("table")) {
      return parameters.needed("query");
    }
    return "SELECT %s FROM %s WHERE %s='%%s' %s"
        .formatted(
            parameters.needed("select_field"),
            parameters.needed("table"),
            parameters.needed("where_field"),
            parameters.text("additional_conditions", ""));
  }

  @Override
  public Lookup lookup(String asked) {
    // A database's texts are UTF-8: what is not can be in none of them.
    if (!Octets.isValid(asked) || asked.indexOf('\0') >= 0) {
      return new Lookup.NotFound();
    }
    String key = fold ? Keys.fold(asked) : asked;
    if (domain != null && !(NetworkTable.eligible(domain, key) instanceof Lookup.Found)) {
      return NetworkTable.eligible(domain, key);
    }
    Optional<KeyFormat.Parts> parts = format.parts(key);
    if (parts.isEmpty()) {
      return new Lookup.NotFound();
    }
    List<List<@Nullable String>> rows;
    try {
      rows = connections.query(query.of(parts.get()));
    } catch (IOException e) {
      return new Lookup.Unavailable("table " + name + ": " + e.getMessage());
    }
    ResultList results = new ResultList(limit);
    for (List<@Nullable String> row : rows) {
      for (@Nullable String value : row) {
        format.expand(result, value, key).ifPresent(results::add);
      }
    }
    return results.answer(name, key);
  }
}
