package dev.postrider.spool;

import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class SegmentSpoolTest extends SpoolContract {
  @TempDir Path directory;
  private final MailLog log = (severity, process, text) -> {};

  @Override
  Spool open() throws IOException {
    return SegmentSpool.open(directory, log, InstantSource.system());
  }
}
