package dev.postrider.table;

import java.util.List;

/**
 * What was read from the source text of a table. Immutable.
 *
 * @param entries in order, duplicates included
 * @param faults lines that were left out, one sentence each with file and line
 * @param notes lines that were kept although they look wrong
 */
public record SourceText(List<SourceEntry> entries, List<String> faults, List<String> notes) {
  public SourceText {
    entries = List.copyOf(entries);
    faults = List.copyOf(faults);
    notes = List.copyOf(notes);
  }
}
