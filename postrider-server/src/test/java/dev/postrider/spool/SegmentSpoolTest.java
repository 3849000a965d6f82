package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentSpoolTest extends SpoolContract {
  @TempDir Path directory;
  private final MailLog log = (severity, process, text) -> {};

  @Override
  Spool open() throws IOException {
    return SegmentSpool.open(directory, log, InstantSource.system());
  }

  @Test
  void contentThatMemoryNoLongerHoldsIsReadFromTheDisk() throws IOException {
    byte[] content = Samples.content(new Random(5), 3000);
    StoredMessage message = Samples.store(spool, Samples.envelope(1), content);
    assertThat(Samples.read(message)).isEqualTo(content);

    ((Contents.Recent) message.content()).forget();

    assertThat(Samples.read(message)).isEqualTo(content);
    assertThat(message.content().size()).isEqualTo(content.length);
  }
}
