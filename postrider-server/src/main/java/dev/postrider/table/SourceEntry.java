package dev.postrider.table;

/**
 * One entry of a table's source text. Immutable.
 *
 * @param key as written, case included
 * @param value never empty
 * @param line where it begins, from 1
 */
public record SourceEntry(String key, String value, int line) {}
