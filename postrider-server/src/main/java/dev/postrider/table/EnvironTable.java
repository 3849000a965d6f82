package dev.postrider.table;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code environ:name}: the environment of the process that asks. Immutable.
 *
 * @param fold whether a key is asked for in lower case, as Postfix does it: names in capitals are
 *     found only without (postmap -f)
 */
record EnvironTable(String name, Map<String, String> environment, boolean fold)
    implements LookupTable {
  EnvironTable {
    environment = Map.copyOf(environment);
  }

  @Override
  public Lookup lookup(String key) {
    @Nullable String value = environment.get(fold ? Keys.fold(key) : key);
    return value == null ? new Lookup.NotFound() : new Lookup.Found(value);
  }
}
