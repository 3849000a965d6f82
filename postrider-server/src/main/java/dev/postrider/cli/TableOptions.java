package dev.postrider.cli;

import dev.postrider.table.CompiledTable.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a call of postmap or postalias asks for. Immutable.
 *
 * @param kind whose tables
 * @param flags the letters of the options without a value
 * @param directory -c
 * @param query -q, or null
 * @param delete -d, or null
 * @param tables the operands
 */
record TableOptions(
    Kind kind,
    Set<Character> flags,
    Optional<String> directory,
    @Nullable String query,
    @Nullable String delete,
    List<String> tables) {
  TableOptions {
    flags = Set.copyOf(flags);
    tables = List.copyOf(tables);
  }

  boolean has(char letter) {
    return flags.contains(letter);
  }

  /** Whether keys are folded to lower case. */
  boolean folds() {
    return !has('f');
  }

  /** Whether the keys are the lines of a message on standard input. */
  boolean readsMessage() {
    return has('b') || has('h');
  }
}
