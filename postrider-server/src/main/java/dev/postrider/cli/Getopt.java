package dev.postrider.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Option parsing as getopt(3) does it: {@code -abc}, {@code -fvalue}, {@code -f value}, {@code --}.
 * Options end at the first argument that is none, as POSIX wants and Postfix relies on. For one
 * thread.
 */
final class Getopt {
  /**
   * One option as given.
   *
   * @param letter the option; {@code ?} for an unknown one, {@code :} for one that lacks its value
   * @param value its value; for {@code ?} and {@code :} the letter in question; else empty
   */
  record Option(char letter, String value) {}

  private final List<String> arguments;
  private final String letters;
  private int index;
  private int within;

  /**
   * @param letters the known options, each followed by a colon if it takes a value
   */
  Getopt(List<String> arguments, String letters) {
    this.arguments = List.copyOf(arguments);
    this.letters = letters;
  }

  /** The next option, or empty at the first operand. */
  Optional<Option> next() {
    if (within == 0) {
      if (index >= arguments.size()) {
        return Optional.empty();
      }
      String argument = arguments.get(index);
      if (argument.length() < 2 || argument.charAt(0) != '-') {
        return Optional.empty();
      }
      if (argument.equals("--")) {
        index++;
        return Optional.empty();
      }
      within = 1;
    }
    String argument = arguments.get(index);
    char letter = argument.charAt(within++);
    int known = letter == ':' ? -1 : letters.indexOf(letter);
    boolean takesValue =
        known >= 0 && known + 1 < letters.length() && letters.charAt(known + 1) == ':';
    if (!takesValue) {
      endOfArgument(argument);
      return Optional.of(
          known < 0 ? new Option('?', String.valueOf(letter)) : new Option(letter, ""));
    }
    String rest = argument.substring(within);
    within = 0;
    index++;
    if (!rest.isEmpty()) {
      return Optional.of(new Option(letter, rest));
    }
    return Optional.of(
        index < arguments.size()
            ? new Option(letter, arguments.get(index++))
            : new Option(':', String.valueOf(letter)));
  }

  /** What is left once {@link #next} answered empty. */
  List<String> operands() {
    return new ArrayList<>(arguments.subList(index, arguments.size()));
  }

  private void endOfArgument(String argument) {
    if (within == argument.length()) {
      within = 0;
      index++;
    }
  }
}
