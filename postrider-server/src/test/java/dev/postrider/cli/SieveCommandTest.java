package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SieveCommandTest {
  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String input = "";

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return new SieveCommand()
        .run(
            new Invocation(
                "sieve",
                List.of(arguments),
                Map.of(),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String complained() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aGoodScriptIsCounted() throws IOException {
    String good = file("good", "require [\"fileinto\", \"copy\"];\nfileinto :copy \"a\";\n");

    assertThat(run("check", good)).isZero();
    assertThat(said()).isEqualTo(good + ": ok (1 command, requires copy, fileinto)\n");
    input = "";
    assertThat(run("check", "-")).isZero();
    assertThat(said()).isEqualTo("standard input: ok (0 commands)\n");
  }

  @Test
  void eachErrorIsALineOfItsOwn() throws IOException {
    String bad = file("bad", "kepp;\nfileinto \"a\u001b[31m\";\n");
    String good = file("good", "keep;");

    assertThat(run("check", bad, good)).isEqualTo(1);
    assertThat(said())
        .isEqualTo(
            bad
                + ": line 1, column 1: there is no command kepp; is it misspelled?\n"
                + bad
                + ": line 2, column 1: fileinto needs require \"fileinto\"; at the beginning of the"
                + " script\n"
                + good
                + ": ok (1 command)\n");
  }

  @Test
  void whatCannotBeReadIsNamed() {
    assertThat(run("check", directory.resolve("none").toString())).isEqualTo(69);
    assertThat(complained())
        .isEqualTo("postrider sieve: fatal: " + directory + "/none: there is no such file\n");
    assertThat(run("check", directory.toString())).isEqualTo(69);
    assertThat(complained()).contains(directory + ": cannot be read: Is a directory");
  }

  @Test
  void aMessageIsJudgedWithoutDeliveringIt() throws IOException {
    String script =
        file(
            "s",
            """
            require ["envelope", "fileinto"];
            if envelope "from" "" { discard; }
            elsif envelope "to" "ann@host.example" { fileinto "a"; redirect "x@y.example"; }
            """);
    String message = file("m", "Subject: s\n\nbody\n");

    assertThat(run("test", script, message)).isZero();
    assertThat(said()).isEqualTo("keep\n");
    assertThat(run("test", "--from", "<>", script, message)).isZero();
    assertThat(said()).isEqualTo("discard\n");
    assertThat(run("test", "--to", "ann@host.example", script, message)).isZero();
    assertThat(said()).isEqualTo("fileinto \"a\"\nredirect <x@y.example>\n");
  }

  @Test
  void whoWouldBeAnsweredIsSaidAndWhyNot() throws IOException {
    String script = file("s", "require \"vacation\";\nvacation \"Away.\";\n");
    String discards = file("d", "require \"vacation\";\nvacation \"Away.\";\ndiscard;\n");
    String letter = file("m", "To: ann@host.example\nSubject: s\n\nbody\n");
    String list = file("l", "To: ann@host.example\nList-Id: l\n\nbody\n");
    List<String> call = List.of("test", "--from", "b@far.example", "--to", "ann@host.example");

    assertThat(run(with(call, script, letter))).isZero();
    assertThat(said())
        .isEqualTo(
            "vacation: reply to <b@far.example> \"Auto: s\", at most once in 7 days\nkeep\n");
    assertThat(run(with(call, script, list))).isZero();
    assertThat(said())
        .isEqualTo("vacation: no reply, because it comes from a list (List-Id)\nkeep\n");
    assertThat(run(with(call, discards, list))).isZero();
    assertThat(said()).startsWith("discard\nvacation: no reply");
  }

  private static String[] with(List<String> call, String... files) {
    List<String> all = new java.util.ArrayList<>(call);
    all.addAll(List.of(files));
    return all.toArray(String[]::new);
  }

  @Test
  void aScriptThatCannotGoOnKeeps() throws IOException {
    String script = file("s", "require \"reject\";\nkeep;\nreject \"no\";\n");
    input = "Subject: s\n\n";

    assertThat(run("test", script, "-")).isEqualTo(1);
    assertThat(said())
        .startsWith(script + ": line 3: a message cannot be rejected and something else besides")
        .endsWith("keep (because of the error)\n");
    assertThat(run("test", file("bad", "kepp;"), "-")).isEqualTo(1);
    assertThat(said()).contains("there is no command kepp");
  }

  @Test
  void aWrongCallShowsTheRightOne() {
    for (String[] call :
        new String[][] {
          {},
          {"check"},
          {"test", "x"},
          {"what"},
          {"check", "-x"},
          {"test", "--to"},
          {"test", "--to", "@", "a", "b"}
        }) {
      assertThat(run(call)).isEqualTo(64);
      assertThat(complained()).startsWith("postrider sieve: ").contains("usage: postrider sieve");
    }
    assertThat(run("--help")).isZero();
    assertThat(said()).startsWith("usage: postrider sieve check");
  }
}
