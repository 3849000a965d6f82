package dev.postrider.table;

import dev.postrider.config.ConfigException;

/** Opens lookup tables by their {@code type:name}. Safe on any thread. */
@FunctionalInterface
public interface TableSource {
  /**
   * Opens one table.
   *
   * @throws ConfigException if no such table can ever be opened; names the table and the remedy
   */
  LookupTable open(String spec) throws ConfigException;

  /** For settings that hold no tables. */
  static TableSource none() {
    return spec -> {
      throw new ConfigException(spec + ": no tables can be opened here");
    };
  }
}
