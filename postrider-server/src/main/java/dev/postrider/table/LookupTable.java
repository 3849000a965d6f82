package dev.postrider.table;

/** A read-only table of strings, such as {@code hash:/etc/aliases}. Safe on any thread. */
public interface LookupTable {
  /** {@code type:name} as configured, for messages. */
  String name();

  /** Looks up one key; folding of case is the table type's own affair, as in Postfix. */
  Lookup lookup(String key);
}
