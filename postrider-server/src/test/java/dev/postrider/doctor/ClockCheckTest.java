package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClockCheckTest {
  private static final Instant BUILT = Instant.parse("2026-11-01T00:00:00Z");

  @TempDir Path directory;

  private String said(Instant now, Instant written) throws Exception {
    Path spool = Files.createDirectories(directory.resolve("q/spool"));
    Path segment = Files.writeString(spool.resolve("0000000001.seg"), "");
    Files.setLastModifiedTime(segment, FileTime.from(written));
    return Installation.said(
        new ClockCheck(new Installation(directory).subject(), () -> now, BUILT));
  }

  @Test
  void aClockThatCanBeRightIsWell() throws Exception {
    assertThat(said(Installation.NOW, Installation.NOW.minusSeconds(5))).startsWith("ok clock");
  }

  @Test
  void aClockBeforeTheProgramWasMadeIsWrong() throws Exception {
    assertThat(said(Instant.parse("1970-01-03T00:00:00Z"), Instant.EPOCH))
        .startsWith("error clock-behind: the clock says 1970-01-03T00:00:00Z");
  }

  @Test
  void aClockBehindTheQueueIsWrong() throws Exception {
    assertThat(said(Installation.NOW, Installation.NOW.plusSeconds(7200)))
        .contains("error clock-behind: ", "0000000001.seg was written at 2026-11-27T14:00:00Z");
  }
}
