package dev.postrider.helper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CommandLineTest {
  private static CommandCall call(Map<String, String> environment) {
    return new CommandCall(
        List.of("/bin/true", "an argument"), environment, null, Duration.ofMinutes(1), 100);
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

  /** The loader would obey it in setpriv(1), which root runs. */
  @Test
  void noVariableHasItsOwnNameBeforeTheRightsAreTaken() {
    assertThat(CommandLine.carried(call(Map.of("LD_PRELOAD", "x", "PATH", "y"))).keySet())
        .hasSize(2)
        .doesNotContain("LD_PRELOAD", "PATH");
  }
}
