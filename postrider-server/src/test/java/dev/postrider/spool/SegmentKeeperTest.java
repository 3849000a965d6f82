package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.CrashDisk;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Summaries: what they save, that nothing depends on them, and damage that is met in their making.
 */
class SegmentKeeperTest {
  private static final Path QUEUE = Path.of("/queue");
  private static final Path SPOOL = QUEUE.resolve("spool");

  /** A byte in the middle of it. */
  private static final int CONTENT_OF_THE_FIRST = SegmentHeader.BYTES + 500;

  private final CrashDisk disk = new CrashDisk(1);
  private final Ledger ledger = new Ledger(new Random(1));
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final MailLog log = (severity, process, text) -> lines.add(text);

  private SegmentSpool open(SpoolLimits limits) throws IOException {
    return SegmentSpool.open(
        QUEUE, new SegmentSpool.Settings(disk, log, InstantSource.system(), limits));
  }

  private List<String> summaries() {
    return disk.list(SPOOL).stream().filter(name -> name.endsWith(".summary")).toList();
  }

  private Path firstSegment() {
    return SPOOL.resolve(
        disk.list(SPOOL).stream()
            .filter(name -> name.endsWith(".segment"))
            .findFirst()
            .orElseThrow());
  }

  private long segments() {
    return disk.list(SPOOL).stream().filter(name -> name.endsWith(".segment")).count();
  }

  private void awaitSummaries(int count) {
    while (summaries().size() < count) {
      Thread.onSpinWait();
    }
  }

  /** Messages in every state, in several segments, each of which has a summary afterwards. */
  private void fill() throws IOException {
    try (Spool spool = open(SpoolCrashTest.SUMMARIZING)) {
      List<QueueId> ids = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        QueueId id = ledger.commit(spool, 3, i == 0 ? 500 : 100 + 40 * i, false);
        ids.add(id);
        if (i >= 6) {
          // Changes of what an older segment has.
          QueueId old = ids.get(i - 6);
          switch (i % 6) {
            case 0 -> ledger.defer(spool, old);
            case 1 -> ledger.hold(spool, old, true);
            case 2 -> ledger.done(spool, old, 1);
            case 3 -> ledger.expire(spool, old);
            case 4 -> ledger.schedule(spool, old);
            default -> ledger.remove(spool, old);
          }
        }
      }
      ledger.flush(spool);
      awaitSummaries(2);
    }
  }

  @Test
  void aStartBySummariesFindsTheSame() throws IOException {
    fill();
    long before = disk.operations();
    try (Spool spool = open(SpoolCrashTest.SMALL)) {
      ledger.check(spool);
    }
    assertThat(lines).isEmpty();
    assertThat(disk.operations()).isGreaterThan(before);
  }

  @Test
  void aStartDoesNotReadWhatASummaryTells() throws IOException {
    fill();
    Path segment = firstSegment();
    byte[] bytes = disk.bytes(segment);
    // A flipped bit in a content: only who reads the segment meets it.
    bytes[CONTENT_OF_THE_FIRST] ^= 1;
    disk.replace(segment, bytes);

    try (Spool spool = open(SpoolCrashTest.SMALL)) {
      assertThat(spool.messages()).hasSameSizeAs(ledger.alive());
    }

    assertThat(lines).isEmpty();
  }

  @Test
  void damageIsMetInTheBackgroundAndTheRestGoesOn() throws IOException {
    fill();
    int messages = ledger.alive().size();
    Path segment = firstSegment();
    byte[] bytes = disk.bytes(segment);
    bytes[CONTENT_OF_THE_FIRST] ^= 1;
    disk.replace(segment, bytes);

    List<QueueId> told = new CopyOnWriteArrayList<>();
    QueueId first = ledger.alive().getFirst();
    try (SegmentSpool spool = open(SpoolCrashTest.SUMMARIZING)) {
      spool.whenDamaged(told::add);
      while (spool.messages().count() == messages || told.isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(told).containsExactly(first);
      assertThat(spool.messages()).hasSize(messages - 1);
    }

    assertThat(lines)
        .anyMatch(line -> line.contains("are damaged: copied to quarantine"))
        .anyMatch(line -> line.contains("damaged on disk, taken out of the queue"));
    assertThat(disk.list(SPOOL.resolve("quarantine"))).hasSize(1);
    try (Spool spool = open(SpoolCrashTest.SMALL)) {
      assertThat(spool.messages()).hasSize(messages - 1);
    }
  }

  @Test
  void nothingDependsOnASummary() throws IOException {
    fill();
    for (String name : summaries()) {
      byte[] sound = disk.bytes(SPOOL.resolve(name));
      Random random = new Random(name.hashCode());
      for (int i = 0; i < 200; i++) {
        byte[] bytes = random.nextBoolean() ? sound.clone() : cut(sound, random);
        if (bytes.length > 0) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        disk.replace(SPOOL.resolve(name), bytes);
        try (Spool spool = open(SpoolCrashTest.SMALL)) {
          ledger.check(spool);
        }
      }
      disk.delete(SPOOL.resolve(name));
      try (Spool spool = open(SpoolCrashTest.SMALL)) {
        ledger.check(spool);
      }
    }
  }

  private static byte[] cut(byte[] bytes, Random random) {
    return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
  }

  @Test
  void aSummaryGoesWithItsSegment() throws IOException {
    fill();
    try (Spool spool = open(SpoolCrashTest.SMALL)) {
      ledger.check(spool);
      for (QueueId id : ledger.alive()) {
        ledger.remove(spool, id);
      }
      ledger.flush(spool);
    }
    assertThat(summaries()).isEmpty();
  }

  /**
   * What was newest is deleted when all in it is gone; the segment before it, ended long ago, is
   * the newest of the next start and is written again.
   */
  @Test
  void aSegmentThatIsWrittenAgainIsNotKnownByItsOldSummary() throws IOException {
    try (Spool spool = open(SpoolCrashTest.KEEPING)) {
      while (segments() < 2) {
        ledger.commit(spool, 1, 500, false);
      }
      ledger.remove(spool, ledger.alive().getLast());
      awaitSummaries(1);
      while (segments() > 1) {
        Thread.onSpinWait();
      }
    }
    try (Spool spool = open(SpoolCrashTest.SMALL)) {
      ledger.remove(spool, ledger.alive().getFirst());
      ledger.commit(spool, 1, 10, false);
      assertThat(segments()).isEqualTo(1);
      ledger.commit(spool, 1, 500, false);
      assertThat(segments()).isEqualTo(2);
    }
    try (Spool spool = open(SpoolCrashTest.SMALL)) {
      ledger.check(spool);
    }
  }

  @Test
  void aSummaryWithoutSegmentIsDeletedByTheNextStart() throws IOException {
    disk.createDirectories(SPOOL);
    Path orphan = SPOOL.resolve("0000000001-00000000000000aa.summary");
    disk.create(orphan).close();
    open(SpoolCrashTest.SMALL).close();
    assertThat(disk.list(SPOOL)).isEmpty();
  }
}
