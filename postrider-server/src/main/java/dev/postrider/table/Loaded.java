package dev.postrider.table;

import java.util.List;

/**
 * The outcome of reading a table's files.
 *
 * @param content what could be read
 * @param faults lines left out; on a reload any of them keeps the version before
 * @param notes worth a warning, kept all the same
 */
record Loaded(Content content, List<String> faults, List<String> notes) {
  Loaded {
    faults = List.copyOf(faults);
    notes = List.copyOf(notes);
  }
}
