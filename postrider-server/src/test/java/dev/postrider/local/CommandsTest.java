package dev.postrider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.helper.CommandEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandsTest {
  private static DeliveryFailure failure(CommandEnd end) {
    return catchThrowableOfType(DeliveryFailure.class, () -> ExitStatus.check(end, "prog x"));
  }

  @Test
  void aPlainCommandNeedsNoShell() {
    assertThat(CommandLine.arguments("/bin/cat  -n\tx@y", ""))
        .containsExactly("/bin/cat", "-n", "x@y");
    assertThat(CommandLine.arguments("cat", "")).containsExactly("cat");
    assertThat(CommandLine.arguments("/no/such/program", "")).containsExactly("/no/such/program");
  }

  @Test
  void aShellRunsWhatOnlyAShellUnderstands() {
    assertThat(CommandLine.arguments("exit 75", "")).containsExactly("sh", "-c", "exit 75");
    assertThat(CommandLine.arguments("cat > x", "")).containsExactly("sh", "-c", "cat > x");
    assertThat(CommandLine.arguments("cat \"$USER\"", "")).startsWith("sh", "-c");
    assertThat(CommandLine.arguments(" ", "")).containsExactly("sh", "-c", " ");
  }

  @Test
  void aShellOfOnesOwnRunsAll() {
    assertThat(CommandLine.arguments("cat x", "/bin/bash -r -c"))
        .containsExactly("/bin/bash", "-r", "-c", "cat x");
  }

  @ParameterizedTest
  @CsvSource({
    "64,5.3.0,command line usage error",
    "67,5.1.1,user unknown",
    "69,5.3.0,service unavailable",
    "71,4.3.0,system resource problem",
    "73,5.2.0,can't create user output file",
    "75,4.3.0,temporary failure",
    "77,5.7.0,permission denied",
    "78,5.3.5,local configuration error",
    "1,5.3.0,Command died with status 1: \"prog x\"",
    "79,5.3.0,Command died with status 79: \"prog x\"",
  })
  void anExitCodeMeansWhatItMeansToSendmail(int exit, String code, String text) {
    assertThat(failure(new CommandEnd.Exited(exit, "")).code()).isEqualTo(code);
    assertThat(failure(new CommandEnd.Exited(exit, ""))).hasMessage(text);
    assertThat(failure(new CommandEnd.Exited(exit, "a\tb\n\u0001")))
        .hasMessage(text + ". Command output: a b _");
  }

  @Test
  void noFailureIsNone() {
    assertThatCode(() -> ExitStatus.check(new CommandEnd.Exited(0, "5.1.1 no"), "x"))
        .doesNotThrowAnyException();
  }

  @Test
  void aStatusCodeInTheOutputCountsMore() {
    assertThat(failure(new CommandEnd.Exited(1, "5.7.1 go away\n")))
        .hasMessage("go away ")
        .extracting(DeliveryFailure::code)
        .isEqualTo("5.7.1");
    assertThat(failure(new CommandEnd.Exited(67, "4.2.2 full")).code()).isEqualTo("4.2.2");
    assertThat(failure(new CommandEnd.Exited(1, "2.0.0 fine")).code()).isEqualTo("5.3.0");
  }

  @Test
  void anOtherEndIsNamed() {
    assertThat(failure(new CommandEnd.Killed(9, "x")))
        .hasMessage("Command died with signal 9: \"prog x\". Command output: x")
        .extracting(DeliveryFailure::code)
        .isEqualTo("4.3.0");
    assertThat(failure(new CommandEnd.TimedOut("")))
        .hasMessage("Command time limit exceeded: \"prog x\"")
        .extracting(DeliveryFailure::code)
        .isEqualTo("5.3.0");
    assertThat(failure(new CommandEnd.NotStarted("no such file")))
        .hasMessage("temporary failure. Command output: no such file");
  }
}
