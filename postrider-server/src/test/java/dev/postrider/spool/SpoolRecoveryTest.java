package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.io.CrashDisk;
import dev.postrider.io.DirectoryLock;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start finds and makes of it. */
class SpoolRecoveryTest {
  private static final Path QUEUE = Path.of("/queue");
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final MailLog log = (severity, process, text) -> lines.add(text);

  private Spool open(CrashDisk disk) throws IOException {
    return open(disk, InstantSource.system());
  }

  private Spool open(CrashDisk disk, InstantSource clock) throws IOException {
    return SegmentSpool.open(
        QUEUE, new SegmentSpool.Settings(disk, log, clock, SpoolCrashTest.SMALL));
  }

  private static Path onlySegment(CrashDisk disk) {
    Path spool = QUEUE.resolve("spool");
    assertThat(disk.list(spool)).hasSize(1);
    return spool.resolve(disk.list(spool).getFirst());
  }

  @Test
  void everythingStandsAfterACleanStop() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    QueueId id;
    try (Spool spool = open(disk)) {
      id = Samples.store(spool, Samples.fullEnvelope(), new byte[700]).id();
      spool.done(id, 1);
      spool.defer(id, List.of(new StoredMessage.Pending(2, "try later")), SpoolContract.NOON);
      spool.mark(id, Mark.WARNED);
      spool.hold(id, true);
    }

    try (Spool spool = open(disk)) {
      StoredMessage found = spool.find(id).orElseThrow();
      assertThat(found.envelope()).isEqualTo(Samples.fullEnvelope());
      assertThat(found.pending())
          .containsExactly(
              new StoredMessage.Pending(0, ""), new StoredMessage.Pending(2, "try later"));
      assertThat(found.held()).isTrue();
      assertThat(found.marks()).containsExactly(Mark.WARNED);
      assertThat(found.attempts()).isEqualTo(1);
      assertThat(found.nextAttempt()).isEqualTo(SpoolContract.NOON);
      assertThat(Samples.read(found)).isEqualTo(new byte[700]);
    }
    assertThat(lines).isEmpty();
  }

  @Test
  void aDamagedRecordIsQuarantinedOnceAndTheRestGoesOn() throws IOException {
    CrashDisk disk = new CrashDisk(2);
    try (Spool spool = open(disk)) {
      for (int i = 0; i < 3; i++) {
        Samples.store(spool, Samples.envelope(1), Samples.content(new Random(i), 400));
      }
    }
    Path segment = onlySegment(disk);
    byte[] bytes = disk.bytes(segment);
    bytes[900] ^= 1;
    disk.replace(segment, bytes);

    for (int start = 0; start < 2; start++) {
      try (Spool spool = open(disk)) {
        assertThat(spool.messages()).hasSize(2);
      }
    }

    assertThat(lines).singleElement().asString().contains("damaged: copied to quarantine");
    assertThat(disk.list(QUEUE.resolve("spool/quarantine"))).hasSize(1);
  }

  @Test
  void aSegmentWithoutHeaderIsReadByItsName() throws IOException {
    CrashDisk disk = new CrashDisk(3);
    QueueId id;
    try (Spool spool = open(disk)) {
      id = Samples.store(spool, Samples.envelope(1), new byte[100]).id();
    }
    Path segment = onlySegment(disk);
    byte[] bytes = disk.bytes(segment);
    bytes[0] ^= 1;
    disk.replace(segment, bytes);

    try (Spool spool = open(disk)) {
      assertThat(spool.find(id)).isPresent();
      Samples.store(spool, Samples.envelope(1), new byte[100]);
    }
    try (Spool spool = open(disk)) {
      assertThat(spool.messages()).hasSize(2);
    }
  }

  @Test
  void aSegmentOfANewerVersionIsLeftAlone() throws IOException {
    CrashDisk disk = new CrashDisk(4);
    try (Spool spool = open(disk)) {
      Samples.store(spool, Samples.envelope(1), new byte[100]);
    }
    Path segment = onlySegment(disk);
    byte[] bytes = disk.bytes(segment);
    bytes[9] = 2;
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.putInt(SegmentHeader.BYTES - 4, RecordHeader.crc(header, 0, SegmentHeader.BYTES - 4));
    disk.replace(segment, bytes);

    assertThatThrownBy(() -> open(disk)).hasMessageContaining("newer version of Postrider");
    assertThat(disk.bytes(segment)).isEqualTo(bytes);
  }

  @Test
  void aDamagedVersionIsDamageAndNotAnotherVersion() throws IOException {
    CrashDisk disk = new CrashDisk(4);
    QueueId id;
    try (Spool spool = open(disk)) {
      id = Samples.store(spool, Samples.envelope(1), new byte[100]).id();
    }
    Path segment = onlySegment(disk);
    byte[] bytes = disk.bytes(segment);
    bytes[9] ^= 64;
    disk.replace(segment, bytes);

    try (Spool spool = open(disk)) {
      assertThat(spool.find(id)).isPresent();
    }
  }

  @Test
  void aLastRecordThatWasDamagedAfterItWasForcedIsKept() throws IOException {
    CrashDisk disk = new CrashDisk(4);
    try (Spool spool = open(disk)) {
      Samples.store(spool, Samples.envelope(1), new byte[100]);
      Samples.store(spool, Samples.envelope(1), Samples.content(new Random(1), 5000));
    }
    Path segment = onlySegment(disk);
    byte[] bytes = disk.bytes(segment);
    bytes[bytes.length - 20] ^= 1;
    disk.replace(segment, bytes);

    try (Spool spool = open(disk)) {
      assertThat(spool.messages()).hasSize(1);
    }
    // The record as it was, and the body file that it named.
    assertThat(disk.list(QUEUE.resolve("spool/quarantine")))
        .hasSize(2)
        .allMatch(name -> name.endsWith(".tail"));
    // Every power cut may leave some: nobody is to be alarmed.
    assertThat(SpoolCheck.run(disk, QUEUE, InstantSource.system(), _ -> {}).isSound()).isTrue();
  }

  @Test
  void bytesOfAMessageAreNeverTakenForARecord() throws IOException {
    CrashDisk disk = new CrashDisk(5);
    QueueId forged;
    byte[] stored;
    try (Spool spool = open(disk)) {
      forged = Samples.store(spool, Samples.envelope(1), new byte[64]).id();
      stored = disk.bytes(onlySegment(disk));
    }
    // A sender who knew the whole format, and the record, but not another segment's stamp.
    CrashDisk other = new CrashDisk(6);
    try (Spool spool = open(other)) {
      byte[] content = new byte[500];
      System.arraycopy(stored, SegmentHeader.BYTES, content, 0, 200);
      Samples.store(spool, Samples.envelope(1), content);
    }
    Path segment = onlySegment(other);
    byte[] bytes = other.bytes(segment);
    bytes[SegmentHeader.BYTES] ^= 1;
    other.replace(segment, bytes);

    try (Spool spool = open(other)) {
      assertThat(spool.find(forged)).isEmpty();
      assertThat(spool.messages()).isEmpty();
    }
  }

  @Test
  void idsGrowEvenIfTheClockJumpsBack() throws IOException {
    CrashDisk disk = new CrashDisk(7);
    QueueId first;
    try (Spool spool = open(disk, () -> Instant.parse("2030-01-01T00:00:00Z"))) {
      first = Samples.store(spool, Samples.envelope(1), new byte[10]).id();
      spool.remove(first);
    }

    try (Spool spool = open(disk, () -> Instant.parse("2026-01-01T00:00:00Z"))) {
      assertThat(Samples.store(spool, Samples.envelope(1), new byte[10]).id()).isGreaterThan(first);
    }
  }

  @Test
  void aBodyFileWithoutMessageIsDeleted() throws IOException {
    CrashDisk disk = new CrashDisk(8);
    try (Spool spool = open(disk)) {
      disk.create(QUEUE.resolve("spool/bodies/0000000000000001.body")).close();
    }

    try (Spool spool = open(disk)) {
      assertThat(disk.list(QUEUE.resolve("spool/bodies"))).isEmpty();
    }
  }

  @Test
  void aDamagedBodyFileIsNoticedBeforeItsEnd() throws IOException {
    CrashDisk disk = new CrashDisk(9);
    try (Spool spool = open(disk)) {
      StoredMessage message = Samples.store(spool, Samples.envelope(1), new byte[5000]);
      Path body =
          QUEUE
              .resolve("spool/bodies")
              .resolve(disk.list(QUEUE.resolve("spool/bodies")).getFirst());
      byte[] bytes = disk.bytes(body);
      bytes[2000] ^= 1;
      disk.replace(body, bytes);

      try (InputStream in = message.content().open()) {
        assertThatThrownBy(in::readAllBytes).hasMessageContaining("damaged");
      }
    }
  }

  @Test
  void segmentsWithoutLivingMessagesAreDeleted() throws IOException {
    CrashDisk disk = new CrashDisk(10);
    try (Spool spool = open(disk)) {
      for (int i = 0; i < 100; i++) {
        QueueId id = Samples.store(spool, Samples.envelope(1), new byte[500]).id();
        spool.done(id, 0);
        spool.remove(id);
      }
      spool.flush();
      assertThat(disk.list(QUEUE.resolve("spool"))).hasSizeLessThan(3);
    }
  }

  @Test
  void aSecondSpoolIsRefusedNamingTheProcessOfTheFirst(@TempDir Path directory) throws IOException {
    try (Spool first = SegmentSpool.open(directory, log, InstantSource.system())) {
      assertThatThrownBy(() -> SegmentSpool.open(directory, log, InstantSource.system()))
          .isInstanceOf(DirectoryLock.HeldException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      assertThat(Samples.store(first, Samples.envelope(1), new byte[9]).size()).isEqualTo(9);
    }
    SegmentSpool.open(directory, log, InstantSource.system()).close();
  }

  @Test
  void aViewShowsTheQueueAndChangesNothing(@TempDir Path directory) throws IOException {
    try (Spool spool = SegmentSpool.open(directory, log, InstantSource.system())) {
      byte[] content = Samples.content(new Random(1), 5000);
      QueueId id = Samples.store(spool, Samples.fullEnvelope(), content).id();
      spool.defer(id, List.of(new StoredMessage.Pending(0, "why")), SpoolContract.NOON);
      spool.flush();
      long before = bytes(directory);

      try (SpoolView view = SegmentSpool.readOnly(directory, log)) {
        StoredMessage seen = view.find(id).orElseThrow();
        assertThat(seen.envelope()).isEqualTo(Samples.fullEnvelope());
        assertThat(seen.pending().getFirst().reason()).isEqualTo("why");
        assertThat(Samples.read(seen)).isEqualTo(content);
        assertThat(view.messages()).hasSize(1);
      }

      assertThat(bytes(directory)).isEqualTo(before);
      spool.remove(id);
      assertThat(spool.messages()).isEmpty();
    }
    try (SpoolView view = SegmentSpool.readOnly(directory, log)) {
      assertThat(view.standings()).isEmpty();
    }
  }

  @Test
  void aViewOfSomeShowsNoOthers(@TempDir Path directory) throws IOException {
    try (Spool spool = SegmentSpool.open(directory, log, InstantSource.system())) {
      QueueId wanted = Samples.store(spool, Samples.fullEnvelope(), new byte[100]).id();
      QueueId other = Samples.store(spool, Samples.envelope(1), new byte[100]).id();
      spool.defer(wanted, List.of(new StoredMessage.Pending(0, "why")), SpoolContract.NOON);
      spool.hold(other, true);
      spool.flush();

      try (SpoolView view = SegmentSpool.readOnly(directory, List.of(wanted), log)) {
        assertThat(view.messages()).extracting(StoredMessage::id).containsExactly(wanted);
        assertThat(view.find(wanted).orElseThrow().pending().getFirst().reason()).isEqualTo("why");
        assertThat(view.find(other)).isEmpty();
      }
    }
  }

  @Test
  void aViewOfNothingIsEmpty(@TempDir Path directory) throws IOException {
    try (SpoolView view = SegmentSpool.readOnly(directory, log)) {
      assertThat(view.messages()).isEmpty();
    }
    assertThat(Files.list(directory)).isEmpty();
  }

  private static long bytes(Path directory) throws IOException {
    try (java.util.stream.Stream<Path> files = Files.walk(directory)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
      return sum;
    }
  }
}
