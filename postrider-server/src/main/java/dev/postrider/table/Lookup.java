package dev.postrider.table;

/** What a table says about a key. */
public sealed interface Lookup {
  /** The key is there. */
  record Found(String value) implements Lookup {}

  /** The key is not there, and the table is sure of it. */
  record NotFound() implements Lookup {}

  /**
   * Nobody knows: the mail waits.
   *
   * @param reason for the log; names the table
   */
  record Unavailable(String reason) implements Lookup {}
}
