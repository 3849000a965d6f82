package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What postmap(1) does beyond Postfix's; the rest is in {@link PostmapDifferentialTest}. */
final class PostmapTest {
  @TempDir Path directory;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path source;

  private int run(String input, String... arguments) throws Exception {
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Postmap()
        .run(
            new Invocation(
                "postmap",
                List.of(arguments),
                Map.of("MAIL_CONFIG", directory.toString()),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                errors,
                errors));
  }

  @BeforeEach
  void aTableThatWasBuilt() throws Exception {
    Files.writeString(directory.resolve("main.cf"), "");
    source = Files.writeString(directory.resolve("map"), "a 1\nb 2\n");
    assertThat(run("", "hash:" + source)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-d a", "-i"})
  void aChangeOfTheFileThatHidesANewerSourceIsSaid(String option) throws Exception {
    Files.writeString(source, "a 1\nb 2\nc 3\n");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));

    assertThat(run("d 4\n", (option + " hash:" + source).split(" "))).isZero();

    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "postmap: warning: "
                + source
                + " was changed after "
                + source
                + ".db was made: what changed does not count until the whole file is built again\n");
  }

  @Test
  void aChangeOfTheFileAloneIsNothingToSay() throws Exception {
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(2)));

    assertThat(run("", "-d", "a", "hash:" + source)).isZero();

    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
