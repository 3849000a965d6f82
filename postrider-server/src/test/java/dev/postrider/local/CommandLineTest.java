package dev.postrider.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CommandLineTest {
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
}
