package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrphansTest {
  private static final List<String> FIRST_PROCESS =
      List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");

  @Test
  void theFirstProcessWaitsForOrphansAndForNothingThatOthersWaitFor()
      throws IOException, InterruptedException {
    assumeTrue(
        Path.of("/usr/bin/unshare").toFile().canExecute() && run(List.of("true")).isEmpty(),
        "processes of its own (unshare --pid) are not allowed here");

    String said =
        run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                OrphansTrial.class.getName()));

    assertThat(said).isEmpty();
  }

  /** What the command says as the first process; its exit code too, unless that is 0. */
  private static String run(List<String> command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(FIRST_PROCESS);
    line.addAll(command);
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    return code == 0 ? said : said + "exit code " + code;
  }
}
