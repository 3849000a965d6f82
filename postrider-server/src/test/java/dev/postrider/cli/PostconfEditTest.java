package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several programs, so that each has its own view of the file. */
final class PostconfEditTest {
  private static final int AT_ONCE = 6;

  @TempDir Path directory;

  @Test
  void callsAtTheSameTimeLoseNothing() throws Exception {
    String comments = "# a line of a comment\n".repeat(500);
    Files.writeString(directory.resolve("main.cf"), comments);
    Files.writeString(directory.resolve("master.cf"), "");

    List<Process> calls = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      calls.add(postconf("-c", directory.toString(), "-e", "own" + i + "=x"));
    }
    for (Process call : calls) {
      assertThat(call.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(call.exitValue()).isZero();
    }

    String text = Files.readString(directory.resolve("main.cf"));
    assertThat(text).startsWith(comments);
    for (int i = 0; i < AT_ONCE; i++) {
      assertThat(text).contains("\nown" + i + " = x\n");
    }
    assertThat(directory.resolve("main.cf.tmp")).doesNotExist();
  }

  private static Process postconf(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.postrider.daemon.Main",
                "postconf"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(new File("/dev/null"))
        .start();
  }
}
