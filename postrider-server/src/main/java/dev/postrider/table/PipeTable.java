package dev.postrider.table;

import java.util.List;

/** {@code pipemap:{…}}: the answer of each table is the key for the next. */
record PipeTable(String name, List<LookupTable> tables) implements LookupTable {
  PipeTable {
    tables = List.copyOf(tables);
  }

  @Override
  public Lookup lookup(String key) {
    Lookup answer = new Lookup.Found(key);
    for (LookupTable table : tables) {
      if (!(answer instanceof Lookup.Found(String value))) {
        break;
      }
      answer = table.lookup(value);
    }
    return answer;
  }

  /** One table of patterns among them makes the whole one. */
  @Override
  public boolean matchesPatterns() {
    return tables.stream().anyMatch(LookupTable::matchesPatterns);
  }
}
