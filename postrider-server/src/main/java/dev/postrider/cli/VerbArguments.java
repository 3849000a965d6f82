package dev.postrider.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What follows {@code postrider spool VERB} or {@code postrider import WORD}: options in any order,
 * then names. Immutable.
 *
 * @param flags options without a value that were given
 * @param values of options that have one
 * @param operands the rest
 */
record VerbArguments(Set<String> flags, Map<String, String> values, List<String> operands) {
  /** A wrong call; the message is what is wrong with it. */
  static final class Mistake extends Exception {
    private static final long serialVersionUID = 1;

    Mistake(String message) {
      super(message);
    }
  }

  /**
   * Reads them.
   *
   * @param flags options without a value that there are
   * @param values options with one
   */
  static VerbArguments parse(List<String> words, Set<String> flags, Set<String> values)
      throws Mistake {
    Set<String> given = new HashSet<>();
    Map<String, String> settings = new HashMap<>();
    List<String> operands = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (flags.contains(word)) {
        given.add(word);
      } else if (values.contains(word)) {
        if (++i == words.size()) {
          throw new Mistake(word + " needs a value");
        }
        settings.put(word, words.get(i));
      } else if (word.equals("--")) {
        operands.addAll(words.subList(i + 1, words.size()));
        break;
      } else if (word.startsWith("-") && word.length() > 1) {
        throw new Mistake(word + ": there is no such option");
      } else {
        operands.add(word);
      }
    }
    return new VerbArguments(Set.copyOf(given), Map.copyOf(settings), List.copyOf(operands));
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }

  Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }
}
