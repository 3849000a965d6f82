package dev.postrider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The man pages in {@code docs/man}. */
class ManPagesTest {
  static Stream<Path> pages() throws IOException {
    Path root = Path.of(System.getProperty("postrider.root", ".."));
    try (Stream<Path> files = Files.list(root.resolve("docs/man"))) {
      return files.toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void isGoodMdoc(Path page) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mandoc")), "needs mandoc");

    Process process =
        new ProcessBuilder("mandoc", "-T", "lint", "-W", "warning", page.toString())
            .redirectErrorStream(true)
            .start();
    String complaints = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(complaints).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void rendersWithoutWarning(Path page) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "needs groff");

    Process process =
        new ProcessBuilder("groff", "-mandoc", "-Tutf8", "-ww", "-z", page.toString())
            .redirectErrorStream(true)
            .start();
    String complaints = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(complaints).isEmpty();
  }
}
