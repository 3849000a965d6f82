package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * <code>randmap:{a, b}</code>: one of the values, by chance, for every key. Immutable.
 *
 * @param chance gives a number from 0 to below its argument
 */
record RandomTable(String name, List<String> values, IntUnaryOperator chance)
    implements LookupTable {
  RandomTable {
    values = List.copyOf(values);
  }

  static RandomTable of(TableSpec spec, IntUnaryOperator chance) throws ConfigException {
    @Nullable String inner = TableSpec.braced(spec.name());
    List<String> values = inner == null ? List.of() : TableSpec.split(inner);
    if (values.isEmpty()) {
      throw new ConfigException("bad syntax: \"" + spec + "\"; need \"randmap:{value...}\"");
    }
    return new RandomTable(spec.toString(), values, chance);
  }

  @Override
  public Lookup lookup(String key) {
    return new Lookup.Found(values.get(chance.applyAsInt(values.size())));
  }

  /** Every key matches, so parts of an address must not be asked for. */
  @Override
  public boolean matchesPatterns() {
    return true;
  }
}
