package dev.postrider.migrate;

import java.util.List;

/**
 * A file of lines {@code name: address, ...} that programs without local mailboxes use, as a
 * virtual alias table. Functions only.
 */
final class NameTable {
  private static final String TABLE = "virtual";

  private NameTable() {}

  /**
   * Carries it over; the name {@code default} is for all that are not named.
   *
   * @param lines without comments
   */
  static void read(List<Sources.Line> lines, Migration migration) {
    String others = "";
    for (Sources.Line line : lines) {
      String text = line.text();
      int colon = text.indexOf(':');
      String name = colon < 0 ? "" : text.substring(0, colon).strip();
      String targets = colon < 0 ? "" : text.substring(colon + 1).strip();
      if (!Address.isName(name) || !Address.isList(targets)) {
        migration.unknown(line.place(), text);
      } else if (name.equals("default")) {
        others = Address.list(targets);
        migration.same(line.place(), text, "virtual_alias_maps: everybody else at this machine");
      } else {
        add(migration, name, targets);
        migration.same(line.place(), text, TABLE + ": " + name + " " + Address.list(targets));
      }
    }
    if (!others.isEmpty()) {
      everybody(migration, others);
    }
  }

  /** One local name, for others. */
  static void add(Migration migration, String name, String targets) {
    if (!migration.tables().containsKey(TABLE)) {
      migration.addTable("virtual_alias_maps", Migration.table(TABLE));
    }
    migration.line(TABLE, name + " " + Address.list(targets));
  }

  /** All addresses at this machine that have no name of their own in a table. */
  static void everybody(Migration migration, String targets) {
    migration.addTable("virtual_alias_maps", "inline:{ {@$myorigin = " + targets + "} }");
  }
}
