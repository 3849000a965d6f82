package dev.postrider.migrate;

/** The addresses with which local users write, as the table sender_canonical. Functions only. */
final class SenderTable {
  private static final String TABLE = "sender_canonical";

  private SenderTable() {}

  /** One user's address, which a line of the foreign program names. */
  static void add(Migration migration, Sources.Line line, String user, String address) {
    migration.set("sender_canonical_maps", Migration.table(TABLE));
    migration.line(TABLE, user + " " + address);
    migration.same(line.place(), line.text(), TABLE + ": " + user + " " + address);
  }
}
