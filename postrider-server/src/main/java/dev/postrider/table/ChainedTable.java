package dev.postrider.table;

import java.util.List;

/** Tables asked in turn: the first answer counts, and one that cannot answer stops the search. */
record ChainedTable(String name, List<LookupTable> tables) implements LookupTable {
  ChainedTable {
    tables = List.copyOf(tables);
  }

  @Override
  public Lookup lookup(String key) {
    for (LookupTable table : tables) {
      Lookup answer = table.lookup(key);
      if (!(answer instanceof Lookup.NotFound)) {
        return answer;
      }
    }
    return new Lookup.NotFound();
  }

  @Override
  public boolean matchesPatterns() {
    return tables.stream().allMatch(LookupTable::matchesPatterns);
  }

  @Override
  public Lookup lookupPart(String key) {
    for (LookupTable table : tables) {
      Lookup answer = table.lookupPart(key);
      if (!(answer instanceof Lookup.NotFound)) {
        return answer;
      }
    }
    return new Lookup.NotFound();
  }
}
