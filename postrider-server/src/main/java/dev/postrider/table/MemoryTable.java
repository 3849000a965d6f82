package dev.postrider.table;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fixed strings in memory. Immutable.
 *
 * @param fold whether the case of keys does not matter; then {@code entries} has folded keys
 */
record MemoryTable(Map<String, String> entries, boolean fold) implements Content {
  @Override
  public Lookup lookup(String key) {
    @Nullable String value = entries.get(fold ? Keys.fold(key) : key);
    return value == null ? new Lookup.NotFound() : new Lookup.Found(value);
  }
}
