package dev.postrider.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a call of {@code postrider secret} asks for. Immutable.
 *
 * @param directory -c
 * @param source --source
 * @param table --table
 * @param server --server
 * @param operands a verb and what it is about
 */
record SecretArguments(
    Optional<String> directory,
    Optional<String> source,
    Optional<String> table,
    Optional<String> server,
    List<String> operands) {
  SecretArguments {
    operands = List.copyOf(operands);
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException with a sentence; it repeats no operand, as that may be a
   *     secret
   */
  static SecretArguments parse(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    Optional<String> directory = Optional.empty();
    Optional<String> source = Optional.empty();
    Optional<String> table = Optional.empty();
    Optional<String> server = Optional.empty();
    List<String> operands = new ArrayList<>();
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      switch (word) {
        case "-c" -> directory = Optional.of(value(word, rest));
        case "--source" -> source = Optional.of(value(word, rest));
        case "--table" -> table = Optional.of(value(word, rest));
        case "--server" -> server = Optional.of(value(word, rest));
        default -> {
          if (word.startsWith("-") && word.length() > 1) {
            throw new IllegalArgumentException("there is no such option");
          }
          operands.add(word);
        }
      }
    }
    return new SecretArguments(directory, source, table, server, operands);
  }

  private static String value(String option, List<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.removeFirst();
  }
}
