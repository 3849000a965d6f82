package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;

/** {@code unionmap:{…}}: every table is asked, and the answers are joined by commas. */
record UnionTable(String name, List<LookupTable> tables) implements LookupTable {
  UnionTable {
    tables = List.copyOf(tables);
  }

  @Override
  public Lookup lookup(String key) {
    List<String> found = new ArrayList<>();
    for (LookupTable table : tables) {
      switch (table.lookup(key)) {
        case Lookup.Found(String value) -> found.add(value);
        case Lookup.NotFound() -> {}
        case Lookup.Unavailable unavailable -> {
          return unavailable;
        }
      }
    }
    return found.isEmpty() ? new Lookup.NotFound() : new Lookup.Found(String.join(",", found));
  }

  /** One table of patterns among them makes the whole one. */
  @Override
  public boolean matchesPatterns() {
    return tables.stream().anyMatch(LookupTable::matchesPatterns);
  }
}
