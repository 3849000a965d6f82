package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shells make of the completion files that the packages install. */
class CompletionTest {
  private static final Path ROOT =
      Path.of(System.getProperty("postrider.root", "..")).toAbsolutePath().normalize();
  private static final Path FILES = ROOT.resolve("packaging/completion");
  private static final Path BIN = ROOT.resolve("target/postrider/bin");

  /**
   * Arguments: the files, what the shell may write, a line, what it becomes at the tab key. The
   * prompt is put together so that the terminal's echo of it is not taken for it.
   */
  private static final String AT_A_TERMINAL =
      """
      zmodload zsh/zpty
      zpty shell "TERM=dumb zsh -f -i"
      zpty -w shell "fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -d $2; PS1=rea\\"\\"dy'> '"
      zpty -r shell said '*ready> *'
      zpty -w -n shell "$3"$'\\t'
      zpty -r shell said "*$4 *"
      print -r -- "${(V)said}"
      zpty -d shell
      """;

  @TempDir Path directory;
  private Shell shell;

  @BeforeEach
  void needTheImage() {
    assumeTrue(
        Files.isExecutable(BIN.resolve("postrider")),
        "the image is not built: run ./postrider build");
    shell =
        new Shell(
            directory,
            Map.of("PATH", BIN + ":" + System.getenv("PATH"), "HOME", directory.toString()));
  }

  private void need(String program) throws IOException, InterruptedException {
    assumeTrue(
        shell.has(program) && shell.has("awk"),
        program + " is not installed (Debian: apt install " + program + ")");
  }

  private void assertNamesEachCommand(List<String> words) throws IOException, InterruptedException {
    String help = shell.run("postrider help").out();
    assertThat(words)
        .contains("sendmail", "mail", "postalias", "spool", "sieve", "health", "try")
        .allSatisfy(word -> assertThat(help).containsPattern("(?m)^  (.*, )?" + word + "\\b"));
  }

  private String bash(String... words) throws IOException, InterruptedException {
    return shell
        .run(
            "",
            List.of(
                "bash",
                "-c",
                """
                . %s/postrider.bash
                COMP_WORDS=(%s) COMP_CWORD=%d; _postrider; echo "${COMPREPLY[*]}"
                """
                    .formatted(FILES, "'" + String.join("' '", words) + "'", words.length - 1)))
        .out()
        .strip();
  }

  @Test
  void bashCompletesEachCommand() throws IOException, InterruptedException {
    need("bash");

    assertNamesEachCommand(List.of(bash("postrider", "").split(" ")));
    assertThat(bash("postrider", "spool", "ex")).isEqualTo("export");
    assertThat(bash("postrider", "import", "ex")).isEqualTo("exim-smarthost");
    assertThat(bash("postrider", "doctor", "--f")).isEqualTo("--fix");
    assertThat(bash("postrider", "postconf", "relayh")).isEqualTo("relayhost");
  }

  private List<String> fish(String line) throws IOException, InterruptedException {
    return shell
        .run(
            "",
            List.of(
                "fish",
                "--no-config",
                "-c",
                "source %s/postrider.fish; complete -C '%s'".formatted(FILES, line)))
        .out()
        .lines()
        .toList();
  }

  @Test
  void fishCompletesEachCommand() throws IOException, InterruptedException {
    need("fish");

    assertNamesEachCommand(fish("postrider "));
    assertThat(fish("postrider spool ex")).containsExactly("export");
    assertThat(fish("postrider spool export sal")).isEmpty();
    assertThat(fish("postrider queue ")).containsExactly("list", "shape");
    assertThat(fish("postrider import ex")).containsExactly("exim-smarthost");
    assertThat(fish("postrider postfix rel")).containsExactly("reload");
    assertThat(fish("postrider postconf relayh")).containsExactly("relayhost");
  }

  @ParameterizedTest
  @CsvSource({
    "postrider heal, postrider health",
    "postrider spool sal, postrider spool salvage",
    "postrider import ex, postrider import exim-smarthost",
    "postrider postfix rel, postrider postfix reload",
    "postrider postconf relayhos, postrider postconf relayhost"
  })
  void zshCompletesAtATerminal(String line, String becomes)
      throws IOException, InterruptedException {
    need("zsh");
    Path script = Files.writeString(directory.resolve("trial"), AT_A_TERMINAL);

    Shell.Result result =
        shell.run(
            "",
            List.of(
                "timeout",
                "60",
                "zsh",
                "-f",
                script.toString(),
                FILES.toString(),
                directory.resolve("dump").toString(),
                line,
                becomes));

    assertThat(result.out()).contains(becomes + " ");
  }
}
