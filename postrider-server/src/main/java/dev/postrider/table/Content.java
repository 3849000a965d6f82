package dev.postrider.table;

/** What a table holds at one moment. Immutable. */
@FunctionalInterface
interface Content {
  Lookup lookup(String key);

  /** The line of the source that answers a key, from 1; 0 if that cannot be told. */
  default int line(String key) {
    return 0;
  }
}
