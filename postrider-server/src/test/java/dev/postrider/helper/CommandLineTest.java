package dev.postrider.helper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CommandLineTest {
  private static CommandCall call(Map<String, String> environment) {
    return new CommandCall(
        List.of("/bin/true", "an argument"),
        environment,
        null,
        null,
        Duration.ofMinutes(1),
        100,
        1_000);
  }

  /** Any user sees the arguments of any process, if only for a moment. */
  @Test
  void noValueOfTheEnvironmentIsAnArgument() throws Exception {
    CommandCall call = call(Map.of("TOKEN", "s3cret", "SENDER", "ann@example.com"));
    for (CommandLine line :
        List.of(CommandLine.own(), CommandLine.of(1_000, 1_000, List.of(1_000L)))) {
      assertThat(line.of(call))
          .contains("/bin/true", "an argument")
          .noneMatch(argument -> argument.contains("s3cret") || argument.contains("ann@"));
    }
  }

  /** What the limit could not be set for must wait, and what a command says of itself must not. */
  @Test
  void aLimitThatCannotBeSetIsNoFailureOfTheCommand() {
    String said = "prlimit: failed to set the FSIZE resource limit: Operation not permitted\n";

    assertThat(CommandLine.whyNotStarted(1, said))
        .isEqualTo(
            "cannot set the limit on the size of files (mailbox_size_limit):"
                + " the FSIZE resource limit: Operation not permitted");
    assertThat(CommandLine.whyNotStarted(1, "prlimit: unknown")).isNull();
    assertThat(CommandLine.whyNotStarted(1, "setpriv: unknown")).isNull();
    assertThat(CommandLine.whyNotStarted(127, said)).isNull();
  }

  /** The loader would obey it in setpriv(1), which root runs. */
  @Test
  void noVariableHasItsOwnNameBeforeTheRightsAreTaken() {
    assertThat(CommandLine.carried(call(Map.of("LD_PRELOAD", "x", "PATH", "y"))).keySet())
        .hasSize(2)
        .doesNotContain("LD_PRELOAD", "PATH");
  }
}
