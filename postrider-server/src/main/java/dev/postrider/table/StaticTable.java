package dev.postrider.table;

import dev.postrider.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** {@code static:text} and {@code static:{text with spaces}}: the same answer to every key. */
record StaticTable(String name, String value) implements LookupTable {
  static StaticTable of(TableSpec spec) throws ConfigException {
    String text = spec.name();
    if (!text.startsWith("{")) {
      return new StaticTable(spec.toString(), text);
    }
    @Nullable String inner = TableSpec.braced(text);
    if (inner == null) {
      throw new ConfigException(
          "bad static:name syntax: "
              + (text.endsWith("}") || text.indexOf('}') < 0
                  ? "missing '}' in"
                  : "syntax error after '}' in")
              + " \""
              + text
              + "\"");
    }
    return new StaticTable(spec.toString(), inner);
  }

  @Override
  public Lookup lookup(String key) {
    return new Lookup.Found(value);
  }
}
