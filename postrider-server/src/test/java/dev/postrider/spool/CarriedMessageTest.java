package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.CrashDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A message of another queue keeps its past, whatever happens to the machine meanwhile. */
class CarriedMessageTest {
  private static final Path QUEUE = Path.of("/queue");
  private static final Carried PAST =
      new Carried(
          Instant.parse("2026-11-01T10:00:00.000001Z"),
          List.of(new StoredMessage.Pending(0, "try later"), new StoredMessage.Pending(2, "")),
          true,
          true,
          Set.of(Mark.WARNED),
          7,
          Instant.parse("2026-11-02T10:00:00Z"));

  private static SegmentSpool open(CrashDisk disk, SpoolLimits limits) throws IOException {
    return SegmentSpool.open(
        QUEUE, new SegmentSpool.Settings(disk, (_, _, _) -> {}, InstantSource.system(), limits));
  }

  private static QueueId store(Spool spool) throws IOException {
    try (Draft draft = spool.draft()) {
      draft.content().write(new byte[300]);
      return draft.commit(Samples.fullEnvelope(), PAST).id();
    }
  }

  private static void check(Spool spool, QueueId id) {
    StoredMessage found = spool.find(id).orElseThrow();
    assertThat(Carried.of(found)).isEqualTo(PAST);
    assertThat(found.envelope()).isEqualTo(Samples.fullEnvelope());
    assertThat(spool.standings().filter(each -> each.id().equals(id)))
        .containsExactly(
            new SpoolView.Standing(id, PAST.nextAttempt(), true, 7, 2, 300, Set.of(Mark.WARNED)));
  }

  @Test
  void aPowerCutLeavesItWholeOrNotAtAll() throws IOException {
    CrashDisk whole = new CrashDisk(1);
    long before;
    long after;
    try (Spool spool = open(whole, SpoolCrashTest.SMALL)) {
      before = whole.operations();
      store(spool);
      after = whole.operations();
    }
    for (long operation = before + 1; operation <= after; operation++) {
      for (long seed = 1; seed <= 20; seed++) {
        CrashDisk disk = new CrashDisk(seed);
        disk.failAt(operation, CrashDisk.Fault.POWER);
        cut(disk);
        disk.restart();
        try (Spool spool = open(disk, SpoolCrashTest.SMALL)) {
          List<QueueId> left = spool.messages().map(StoredMessage::id).toList();
          assertThat(left).as("operation %d, seed %d", operation, seed).hasSizeLessThanOrEqualTo(1);
          left.forEach(id -> check(spool, id));
        }
      }
    }
  }

  private static void cut(CrashDisk disk) {
    try (Spool spool = open(disk, SpoolCrashTest.SMALL)) {
      store(spool);
    } catch (IOException _) {
      // The power went.
    }
  }

  @Test
  void aStartBySummariesKnowsThePast() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    QueueId id;
    try (Spool spool = open(disk, SpoolCrashTest.SUMMARIZING)) {
      id = store(spool);
      fill(spool, disk);
    }
    try (Spool spool = open(disk, SpoolCrashTest.SMALL)) {
      check(spool, id);
    }
  }

  /** Until the first segment has its summary. */
  private static void fill(Spool spool, CrashDisk disk) throws IOException {
    for (int i = 0; i < 20; i++) {
      Samples.store(spool, Samples.envelope(1), new byte[500]);
    }
    while (disk.list(QUEUE.resolve("spool")).stream().noneMatch(each -> each.endsWith("summary"))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void changesInALaterSegmentBuildOnThePast() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    QueueId id;
    try (Spool spool = open(disk, SpoolCrashTest.SUMMARIZING)) {
      id = store(spool);
      fill(spool, disk);
      spool.done(id, 2);
      spool.hold(id, false);
      spool.flush();
    }
    try (Spool spool = open(disk, SpoolCrashTest.SMALL)) {
      StoredMessage found = spool.find(id).orElseThrow();
      assertThat(found.pending()).containsExactly(new StoredMessage.Pending(0, "try later"));
      assertThat(found.held()).isFalse();
      assertThat(found.attempts()).isEqualTo(7);
      assertThat(found.arrival()).isEqualTo(PAST.arrival());
    }
  }

  @Test
  void aChangeInItsOwnSegmentBuildsOnThePast() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    QueueId id;
    try (Spool spool = open(disk, SpoolCrashTest.SMALL)) {
      id = store(spool);
      spool.done(id, 0);
      spool.flush();
    }
    try (Spool spool = open(disk, SpoolCrashTest.SMALL)) {
      assertThat(spool.find(id).orElseThrow().pending())
          .containsExactly(new StoredMessage.Pending(2, ""));
    }
  }
}
