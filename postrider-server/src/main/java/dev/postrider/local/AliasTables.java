package dev.postrider.local;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.ReadRights;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.TableOwner;
import dev.postrider.table.Tables;
import java.util.ArrayList;
import java.util.List;

/** The tables of alias_maps, in their order, with their owners. Safe on any thread. */
final class AliasTables {
  /** What a name leads to. */
  sealed interface Entry {
    /**
     * It has an entry.
     *
     * @param table as main.cf names it
     * @param value the right-hand side
     * @param owner in whose name its commands run
     */
    record Found(String table, String value, TableOwner owner) implements Entry {}

    /** It has none. */
    record None() implements Entry {}

    /** A table does not answer: the mail waits. */
    record Unavailable(String reason) implements Entry {}
  }

  private final List<String> specs;
  private final List<LookupTable> tables = new ArrayList<>();
  private final String defaultType;
  private final ReadRights rights;

  AliasTables(Config config, Tables tables, ReadRights rights) throws ConfigException {
    this.specs = config.list("alias_maps");
    this.defaultType = config.text("default_database_type");
    this.rights = rights;
    for (String spec : specs) {
      this.tables.add(tables.openFixed(spec));
    }
  }

  /**
   * Looks a name up.
   *
   * @param name in lower case
   */
  Entry find(String name) {
    for (int i = 0; i < tables.size(); i++) {
      switch (tables.get(i).lookup(name)) {
        case Lookup.Found(String value) -> {
          String spec = specs.get(i);
          return new Entry.Found(spec, value, TableOwner.of(spec, defaultType, rights));
        }
        case Lookup.NotFound() -> {}
        case Lookup.Unavailable(String reason) -> {
          return new Entry.Unavailable(reason);
        }
      }
    }
    return new Entry.None();
  }
}
