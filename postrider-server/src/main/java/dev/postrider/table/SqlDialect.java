package dev.postrider.table;

/** The databases that can be asked, as far as they differ in how text is written. */
enum SqlDialect {
  SQLITE,
  MYSQL,
  PGSQL;

  /** The type of the table, which is also how Postfix's packages are named. */
  String type() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
