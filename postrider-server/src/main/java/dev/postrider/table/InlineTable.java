package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code inline:{key=value, {key = value with spaces}}}. Immutable. */
record InlineTable(String name, MemoryTable entries) implements LookupTable {
  static InlineTable of(TableSpec spec) throws ConfigException {
    @Nullable String inner = TableSpec.braced(spec.name());
    if (inner == null || inner.isEmpty()) {
      throw new ConfigException("bad syntax: \"" + spec + "\"; need \"inline:{name=value...}\"");
    }
    Map<String, String> entries = new HashMap<>();
    for (String item : TableSpec.split(inner)) {
      @Nullable String pair = item.startsWith("{") ? TableSpec.braced(item) : item;
      int equals = pair == null ? -1 : pair.indexOf('=');
      String key = pair == null || equals < 0 ? "" : MapSource.trim(pair.substring(0, equals), 0);
      if (pair == null || key.isEmpty() || hasSpace(key)) {
        throw new ConfigException(
            "missing '=' after attribute name: \"" + spec + "\"; need \"inline:{name=value...}\"");
      }
      entries.put(Keys.fold(key), MapSource.trim(pair, equals + 1));
    }
    return new InlineTable(spec.toString(), new MemoryTable(Map.copyOf(entries), true));
  }

  private static boolean hasSpace(String key) {
    return key.chars().anyMatch(c -> LogicalLines.isSpace((char) c));
  }

  @Override
  public Lookup lookup(String key) {
    return entries.lookup(key);
  }
}
