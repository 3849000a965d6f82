package dev.postrider.table;

/** What a table holds at one moment. Immutable. */
@FunctionalInterface
interface Content {
  Lookup lookup(String key);
}
