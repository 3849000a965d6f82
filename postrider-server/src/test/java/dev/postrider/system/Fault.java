package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A line of docs/faults.md: what is wrong, who is asked, and what must be said.
 *
 * @param name what is wrong
 * @param command {@code doctor} or {@code mailq}
 * @param cause words that name the cause
 * @param remedy words that name the remedy
 */
record Fault(String name, String command, String cause, String remedy) {
  /** The page's row. */
  String row() {
    return "| %s | `%s` | %s | %s |".formatted(name, command, cell(cause), cell(remedy));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  /** Whether one of the things said names cause and remedy, and a sound machine is not told it. */
  void assertToldBy(String said, String soundMachine) {
    assertThat(things(said))
        .as(name + ": \"" + cause + "\" and with it \"" + remedy + "\"")
        .anyMatch(thing -> thing.contains(plain(cause)) && thing.contains(plain(remedy)));
    assertThat(plain(soundMachine)).as(name + ": without it").doesNotContain(plain(cause));
  }

  /** Findings of doctor, each with its remedy; paragraphs below mailq's list. */
  private List<String> things(String said) {
    String begin = command.equals("doctor") ? "(?m)^  (?=error|warning|note|ok)" : "(?m)^-- (?! )";
    return Arrays.stream(said.split(begin)).skip(1).map(Fault::plain).toList();
  }

  /** Paragraphs are wrapped, and a sentence begins with a capital letter. */
  private static String plain(String text) {
    return text.replaceAll("\n-- +", " ").replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
  }
}
