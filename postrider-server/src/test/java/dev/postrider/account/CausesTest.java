package dev.postrider.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CausesTest {
  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-11-27T12:00:00Z");
  private final List<String> warnings = new ArrayList<>();

  private Causes open() {
    return Causes.open(directory, () -> now, warnings::add);
  }

  @Test
  void aCauseIsNewOnceADayOverRestarts() {
    assertThat(open().isNew("a")).isTrue();
    assertThat(open().isNew("a")).isFalse();
    assertThat(open().isNew("b")).isTrue();
    now = now.plus(Duration.ofHours(24));
    assertThat(open().isNew("a")).isTrue();
    assertThat(open().isNew("a")).isFalse();
    assertThat(warnings).isEmpty();
  }

  @Test
  void aClockThatWasAheadSilencesNobody() {
    now = now.plus(Duration.ofDays(400));
    assertThat(open().isNew("a")).isTrue();
    now = now.minus(Duration.ofDays(400));
    assertThat(open().isNew("a")).isTrue();
  }

  @Test
  void aDirectoryThatIsNotThereIsSaid() throws Exception {
    Files.delete(directory);
    assertThat(open().isNew("a")).isTrue();
    assertThat(warnings).hasSize(1).first().asString().contains("cannot be written");
    Files.createDirectory(directory);
  }
}
