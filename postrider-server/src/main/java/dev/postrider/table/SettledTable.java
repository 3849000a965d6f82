package dev.postrider.table;

/** A table that does not follow any file: all that describes it was read once. */
record SettledTable(String name, Content content) implements LookupTable {
  @Override
  public Lookup lookup(String key) {
    return content.lookup(key);
  }
}
