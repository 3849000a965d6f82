package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.CommandOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What docs/setup.md shows is what a person sees who does the same. */
class SetupPageTest {
  private static final Path PAGE = CommandOptions.ROOT.resolve("docs/setup.md");
  private static final Pattern STAMP =
      Pattern.compile("^[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} (postfix/postfix-script)\\[[0-9]+]");
  private static final String BEGIN = "```text\n# postrider setup you@gmail.com\n";

  @Test
  void theSessionOfThePageIsTrue() throws Exception {
    try (MannersWorld world = MannersWorld.create()) {
      MannersWorld.Session session =
          world.type(
              "postrider setup you@gmail.com",
              """
              sees Which [1]:
              types \\n
              sees App password (it is not shown):
              types abcd efgh ijkl mnop\\n
              """);
      assertThat(session.code()).as(session.screen()).isZero();

      String page = Files.readString(PAGE);
      int begin = page.indexOf(BEGIN) + BEGIN.length();
      String shown = page.substring(begin, page.indexOf("```", begin));
      assertThat(shown).isEqualTo(normalised(session.screen()));
    }
  }

  /**
   * Without the blanks at the ends of lines, with a time and a number that are always the same, and
   * without what is only said because no log daemon runs there.
   */
  private static String normalised(String screen) {
    return screen
        .lines()
        .map(String::stripTrailing)
        .filter(line -> !line.startsWith("postlogd: ") && !line.startsWith("postfix/"))
        .map(line -> STAMP.matcher(line).replaceFirst("Nov 27 12:00:00 $1[1]"))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
