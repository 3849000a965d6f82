package dev.postrider.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.helper.CommandEnd;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
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
