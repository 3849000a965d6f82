package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a setup that was killed leaves in the directory for temporary files. */
class SetupPlaceTest {
  private static Path left(long pid) throws IOException {
    Path directory = Files.createTempDirectory("postrider-setup-" + pid + "-");
    Files.writeString(directory.resolve("secret"), "hunter2");
    return directory;
  }

  @Test
  void whatAKilledOneLeftGoesWithTheNext() throws IOException, InterruptedException {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path dead = left(ended.pid());
    Path atWork = left(ProcessHandle.current().pid());
    Path other = Files.createTempDirectory("postrider-setup-of-somebody");
    Path target = Files.createTempDirectory("not-a-setup");
    Path link =
        Files.createSymbolicLink(
            target.resolveSibling("postrider-setup-" + ended.pid() + "-link"), target);
    try (SetupPlace place = SetupPlace.create()) {
      assertThat(place.directory()).isEmptyDirectory();
      assertThat(dead).doesNotExist();
      assertThat(atWork.resolve("secret")).exists();
      assertThat(other).exists();
      assertThat(target).exists();
    } finally {
      for (Path each : new Path[] {atWork.resolve("secret"), atWork, other, link, target}) {
        Files.deleteIfExists(each);
      }
    }
  }

  @Test
  void itGoesWhenItIsDone() throws IOException {
    Path directory;
    try (SetupPlace place = SetupPlace.create()) {
      directory = place.directory();
      Files.createDirectory(directory.resolve("data"));
      Files.writeString(directory.resolve("data/token"), "x");
    }
    assertThat(directory).doesNotExist();
  }
}
