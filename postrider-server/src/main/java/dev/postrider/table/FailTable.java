package dev.postrider.table;

/** {@code fail:name}: never answers, so that a test or an administrator can make mail wait. */
record FailTable(String name) implements LookupTable {
  @Override
  public Lookup lookup(String key) {
    return new Lookup.Unavailable("table " + name + ": query error: Application error");
  }

  @Override
  public boolean matchesPatterns() {
    return true;
  }
}
