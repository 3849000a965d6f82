package dev.postrider.table;

/** A table that must not be used where it is named: mail that needs it waits, as with Postfix. */
record RefusedTable(String name) implements LookupTable {
  @Override
  public Lookup lookup(String key) {
    return new Lookup.Unavailable(
        "table "
            + name
            + ": nobody vouches for what its server says, so it is not allowed for"
            + " security-sensitive data such as alias_maps; use another type");
  }
}
