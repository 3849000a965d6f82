package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.CrashDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a check of the whole spool finds; it changes nothing. */
class SpoolCheckTest {
  private static final Path QUEUE = Path.of("/queue");
  private static final Path SPOOL = QUEUE.resolve("spool");
  private final CrashDisk disk = new CrashDisk(1);

  private Spool open() throws IOException {
    return SpoolCrashTest.open(disk);
  }

  private SpoolCheck.Result check() throws IOException {
    return check(Duration.ZERO);
  }

  private SpoolCheck.Result check(Duration later) throws IOException {
    long operations = disk.operations();
    InstantSource clock = () -> Instant.now().plus(later);
    SpoolCheck.Result result = SpoolCheck.run(disk, QUEUE, clock, _ -> {});
    assertThat(disk.operations()).as("operations that change something").isEqualTo(operations);
    return result;
  }

  private Path only(String directory, String suffix) throws IOException {
    Path where = directory.isEmpty() ? SPOOL : SPOOL.resolve(directory);
    return where.resolve(
        disk.list(where).stream().filter(name -> name.endsWith(suffix)).findFirst().orElseThrow());
  }

  private void flip(Path file, int at) {
    byte[] bytes = disk.bytes(file);
    bytes[at] ^= 1;
    disk.replace(file, bytes);
  }

  @Test
  void aSoundSpoolIsCountedAliveAndDead() throws IOException {
    try (Spool spool = open()) {
      QueueId gone = Samples.store(spool, Samples.envelope(1), new byte[100]).id();
      QueueId deferred = Samples.store(spool, Samples.fullEnvelope(), new byte[200]).id();
      spool.done(deferred, 1);
      spool.defer(deferred, List.of(new StoredMessage.Pending(2, "try later")), SpoolContract.NOON);
      spool.schedule(deferred, SpoolContract.NOON);
      spool.hold(deferred, true);
      Samples.store(spool, Samples.envelope(2), new byte[5000]);
      spool.remove(gone);
      spool.flush();

      // Also while it is open for writing.
      SpoolCheck.Result result = check();

      assertThat(result.isSound()).isTrue();
      assertThat(result.messages()).isEqualTo(2);
      assertThat(result.contentBytes()).isEqualTo(5200);
      assertThat(result.segments()).hasSize(1);
      assertThat(result.segments().getFirst().alive()).isEqualTo(2);
      assertThat(result.segments().getFirst().dead()).isEqualTo(1);
    }
  }

  @Test
  void aDamagedContentIsFoundAlthoughItsMetaPartIsSound() throws IOException {
    try (Spool spool = open()) {
      Samples.store(spool, Samples.envelope(1), new byte[400]);
      Samples.store(spool, Samples.envelope(1), new byte[400]);
    }
    byte[] bytes = disk.bytes(only("", ".segment"));
    int metaLength = java.nio.ByteBuffer.wrap(bytes).getInt(SegmentHeader.BYTES + 24);
    flip(only("", ".segment"), SegmentHeader.BYTES + RecordHeader.BYTES + metaLength + 200);

    SpoolCheck.Result result = check();

    assertThat(result.isSound()).isFalse();
    assertThat(result.messages()).isEqualTo(1);
    assertThat(result.segments().getFirst().damaged())
        .singleElement()
        .asString()
        .startsWith(SegmentHeader.BYTES + "-");
  }

  @Test
  void aBodyFileThatIsMissingOrDamagedIsNamedWithItsMessage() throws IOException {
    QueueId id;
    try (Spool spool = open()) {
      id = Samples.store(spool, Samples.envelope(1), new byte[5000]).id();
    }
    flip(only("bodies", ".body"), 3000);
    assertThat(check().badBodies())
        .singleElement()
        .asString()
        .contains(id.shortForm())
        .endsWith("the body file is damaged");

    disk.delete(only("bodies", ".body"));
    SpoolCheck.Result result = check();

    assertThat(result.badBodies()).singleElement().asString().endsWith("is missing");
    assertThat(result.isSound()).isFalse();
  }

  @Test
  void aBodyFileWithoutMessageIsNoDamageAndMayBeInTheMaking() throws IOException {
    try (Spool spool = open();
        Draft draft = spool.draft()) {
      draft.content().write(new byte[5000]);

      assertThat(check().orphans()).isEmpty();
      SpoolCheck.Result later = check(Duration.ofHours(2));

      assertThat(later.orphans()).hasSize(1);
      assertThat(later.isSound()).isTrue();
    }
  }

  @Test
  void whatAnEarlierStartSetAsideIsSaid() throws IOException {
    try (Spool spool = open()) {
      Samples.store(spool, Samples.envelope(1), new byte[400]);
      Samples.store(spool, Samples.envelope(1), new byte[400]);
    }
    flip(only("", ".segment"), SegmentHeader.BYTES + 20);
    open().close();

    SpoolCheck.Result result = check();

    assertThat(result.quarantine()).hasSize(1);
    assertThat(result.isSound()).isFalse();
  }
}
