package dev.postrider.table;

import dev.postrider.log.MailLog;

/** {@code debug:type:name}: another table, each lookup of which is logged. */
record DebugTable(LookupTable table, MailLog log) implements LookupTable {
  @Override
  public String name() {
    return "debug:" + table.name();
  }

  @Override
  public Lookup lookup(String key) {
    Lookup answer = table.lookup(key);
    String said =
        switch (answer) {
          case Lookup.Found(String value) -> value;
          case Lookup.NotFound() -> "not_found";
          case Lookup.Unavailable(_) -> "error";
        };
    log.info("proxymap", table.name() + " lookup: \"" + key + "\" = \"" + said + "\"");
    return answer;
  }

  @Override
  public String place(String key) {
    return table.place(key);
  }

  @Override
  public boolean namesSecrets() {
    return table.namesSecrets();
  }

  @Override
  public boolean matchesPatterns() {
    return table.matchesPatterns();
  }
}
