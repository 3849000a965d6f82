package dev.postrider.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the table of docs/failures.md against the rules. */
class FailuresPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("postrider.root", "..")).resolve("docs/failures.md");

  /** The table as the rules have it. */
  static List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (Rule rule : FailureRules.shipped().all()) {
      rows.add(
          "| `"
              + rule.id()
              + "` | "
              + when(rule)
              + " | "
              + rule.what()
              + " | **"
              + rule.who().word()
              + "**: "
              + rule.remedy()
              + " | "
              + queue(rule.treatment())
              + " |");
    }
    return rows;
  }

  private static String when(Rule rule) {
    List<String> parts = new ArrayList<>();
    if (!rule.stages().isEmpty()) {
      parts.add(rule.stages().stream().sorted().map(Stage::word).collect(Collectors.joining(", ")));
    }
    List<String> codes = rule.codes().stream().filter(code -> !code.equals("none")).toList();
    if (!codes.isEmpty()) {
      parts.add(String.join(", ", codes));
    }
    if (!rule.ports().isEmpty()) {
      parts.add(
          "port " + rule.ports().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    if (rule.way() == Incident.Way.RELAY) {
      parts.add("from a relay");
    }
    if (!rule.texts().isEmpty()) {
      parts.add(
          rule.texts().stream()
              .map(words ->
                  words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(" + ")))
              .collect(Collectors.joining(" or ")));
    }
    return String.join("; ", parts);
  }

  private static String queue(Treatment treatment) {
    return treatment.sentence().isEmpty() ? "as replied" : treatment.sentence();
  }

  @Test
  void thePageHasEveryRuleAsItIs() throws IOException {
    String text = Files.readString(PAGE);
    List<String> page =
        text.substring(text.indexOf("## The rules"))
            .lines()
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(page).containsExactlyElementsOf(rows());
  }

  @Test
  void thePageNamesTheVersionOfTheRules() throws IOException {
    assertThat(Files.readString(PAGE))
        .contains("These are the rules of " + FailureRules.shipped().version() + ".");
  }
}
