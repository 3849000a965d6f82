package dev.postrider.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.helper.CommandEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandFateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          64 | ''        | 5.3.0 | command line usage error
          67 | no\\n     | 5.1.1 | user unknown. Command output: no\\s
          71 | ''        | 4.3.0 | system resource problem
          73 | ''        | 5.2.0 | can't create user output file
          75 | wait      | 4.3.0 | temporary failure. Command output: wait
          77 | ''        | 5.7.0 | permission denied
          78 | ''        | 5.3.5 | local configuration error
          79 | ''        | 5.3.0 | Command died with status 79: "/c"
          1  | a\\tb     | 5.3.0 | Command died with status 1: "/c". Command output: a b
          1  | 4.7.1 wait a bit | 4.7.1 | wait a bit
          75 | 5.1.1 gone       | 5.1.1 | gone
          1  | 2.0.0 fine       | 5.3.0 | fine
          1  | 4.7.x is no code | 5.3.0 | Command died with status 1: "/c". Command output: 4.7.x is no code
          """)
  void anExitCodeHasItsWords(int code, String output, String status, String text) {
    CommandEnd end = new CommandEnd.Exited(code, output.translateEscapes());

    assertThatExceptionOfType(DeliveryFailure.class)
        .isThrownBy(() -> CommandFate.check(end, "/c", "pipe"))
        .withMessage(text.translateEscapes())
        .satisfies(failure -> assertThat(failure.code()).isEqualTo(status));
  }

  @Test
  void whatHasLostItsRightsWaitsAndTellsTheRemedy(@TempDir Path directory) throws IOException {
    Path program = Files.createFile(directory.resolve("procmail"));
    Files.setAttribute(program, "unix:mode", 04755);
    LostRights lost = new LostRights(true, List.of(directory));
    CommandEnd failed = new CommandEnd.Exited(73, "");
    for (String command :
        List.of("IFS=' ' && exec procmail -a \"$EXTENSION\"", program.toString(), "x|procmail")) {
      assertThatExceptionOfType(DeliveryFailure.class)
          .isThrownBy(() -> CommandFate.check(failed, command, "local", lost))
          .withMessageStartingWith(program + " is set-uid or set-gid")
          .withMessageContaining("NoNewPrivileges=no")
          .withMessageEndingWith("can't create user output file")
          .satisfies(failure -> assertThat(failure.code()).isEqualTo("4.3.0"));
    }

    assertReturned(failed, "cat procmails", lost);
    assertReturned(failed, "procmail", new LostRights(false, List.of(directory)));
    Files.setAttribute(program, "unix:mode", 0755);
    assertReturned(failed, "procmail", lost);
  }

  private static void assertReturned(CommandEnd failed, String command, LostRights lost) {
    assertThatExceptionOfType(DeliveryFailure.class)
        .isThrownBy(() -> CommandFate.check(failed, command, "local", lost))
        .satisfies(failure -> assertThat(failure.code()).isEqualTo("5.2.0"));
  }

  @Test
  void signalsTimeAndMissingProgramsHaveTheirs() {
    assertThatExceptionOfType(DeliveryFailure.class)
        .isThrownBy(() -> CommandFate.check(new CommandEnd.Killed(9, "x"), "/c", "pipe"))
        .withMessage("Command died with signal 9: \"/c\". Command output: x")
        .satisfies(failure -> assertThat(failure.code()).isEqualTo("4.3.0"));
    assertThatExceptionOfType(DeliveryFailure.class)
        .isThrownBy(() -> CommandFate.check(new CommandEnd.TimedOut(""), "/c", "pipe"))
        .withMessage("Command time limit exceeded: \"/c\"")
        .satisfies(failure -> assertThat(failure.code()).isEqualTo("5.3.0"));
    assertThatExceptionOfType(DeliveryFailure.class)
        .isThrownBy(() -> CommandFate.check(new CommandEnd.NotStarted("no such"), "/c", "pipe"))
        .withMessage("temporary failure. Command output: pipe: fatal: no such")
        .satisfies(failure -> assertThat(failure.code()).isEqualTo("4.3.0"));
  }

  @Test
  void whatASuccessfulCommandWroteIsOneLine() throws Exception {
    assertThat(CommandFate.check(new CommandEnd.Exited(0, "a\nb\u0007\n"), "/c", "pipe"))
        .isEqualTo("a b_ ");
    String umlaut = new String("ü".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(CommandFate.check(new CommandEnd.Exited(0, umlaut), "/c", "pipe")).isEqualTo("ü");
    // A C1 control moves a terminal's cursor as an escape does; a lone octet is no character.
    String odd = "\u00c2\u009b1\u00fc";
    assertThat(CommandFate.check(new CommandEnd.Exited(0, odd), "/c", "pipe")).isEqualTo("_1_");
  }
}
