package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.io.CrashDisk;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Loses power, fails and fills the disk at every step; every failure message has its seed. Longer
 * than others: all of it stands on the same limits, edges and way to recover.
 */
class SpoolCrashTest {
  static final Path QUEUE = Path.of("/queue");

  /** Segments are not emptied, so that operations can be counted. */
  static final SpoolLimits SMALL =
      limits(
          new SpoolLimits.Compaction(
              Integer.MAX_VALUE, 1024, Duration.ofHours(1), Duration.ofHours(1)));

  /** Segments are emptied all the time. */
  static final SpoolLimits COMPACTING =
      limits(new SpoolLimits.Compaction(1, 1024, Duration.ZERO, Duration.ZERO));

  /** Segments are read and summarized as soon as they are full, and emptied all the time. */
  static final SpoolLimits KEEPING =
      limits(
          new SpoolLimits.Compaction(1, 1024, Duration.ZERO, Duration.ZERO),
          new SpoolLimits.Keeping(Duration.ZERO, Duration.ZERO));

  /** Segments are read and summarized as soon as they are full, and not emptied. */
  static final SpoolLimits SUMMARIZING = limits(SMALL.compaction(), KEEPING.keeping());

  private static final MailLog SILENT = (severity, process, text) -> {};

  private static SpoolLimits limits(SpoolLimits.Compaction compaction) {
    return limits(compaction, new SpoolLimits.Keeping(Duration.ofHours(1), Duration.ofHours(1)));
  }

  private static SpoolLimits limits(
      SpoolLimits.Compaction compaction, SpoolLimits.Keeping keeping) {
    return new SpoolLimits(
        4096,
        1024,
        256,
        600,
        8192,
        64,
        Duration.ofMillis(1),
        Duration.ofHours(1),
        compaction,
        keeping);
  }

  static Spool open(CrashDisk disk) throws IOException {
    return open(disk, SMALL);
  }

  static Spool open(CrashDisk disk, SpoolLimits limits) throws IOException {
    return open(disk, limits, InstantSource.system());
  }

  /** The same with a clock that gives the ids. */
  static Spool open(CrashDisk disk, InstantSource clock) throws IOException {
    return open(disk, SMALL, clock);
  }

  private static Spool open(CrashDisk disk, SpoolLimits limits, InstantSource clock)
      throws IOException {
    return SegmentSpool.open(QUEUE, new SegmentSpool.Settings(disk, SILENT, clock, limits));
  }

  /** Every edge of the table in package-info. */
  enum Edge {
    CLOSE_DRAFT,
    COMMIT,
    COMMIT_BODY_FILE,
    DONE,
    LAST_DONE,
    DEFER,
    DEFER_IN_NEXT_SEGMENT,
    SCHEDULE,
    SCHEDULE_IN_NEXT_SEGMENT,
    HOLD,
    RELEASE,
    EXPIRE,
    EXPIRE_WHILE_HELD,
    DONE_WHILE_HELD,
    REMOVE,
    REMOVE_BODY_FILE,
    REMOVE_HELD,
    REMOVE_IN_NEXT_SEGMENT,
    ROLL_OVER,
    DELETE_SEGMENT;

    private QueueId prepare(Ledger ledger, Spool spool) throws IOException {
      return switch (this) {
        case CLOSE_DRAFT, COMMIT, COMMIT_BODY_FILE -> null;
        case REMOVE_BODY_FILE -> ledger.commit(spool, 2, 2000, false);
        case RELEASE, DONE_WHILE_HELD, EXPIRE_WHILE_HELD, REMOVE_HELD -> {
          QueueId id = ledger.commit(spool, 2, 300, false);
          ledger.hold(spool, id, true);
          ledger.flush(spool);
          yield id;
        }
        case DEFER_IN_NEXT_SEGMENT, SCHEDULE_IN_NEXT_SEGMENT, REMOVE_IN_NEXT_SEGMENT -> {
          QueueId id = ledger.commit(spool, 2, 300, false);
          ledger.done(spool, id, 1);
          fill(ledger, spool);
          yield id;
        }
        case DELETE_SEGMENT -> {
          fill(ledger, spool);
          yield null;
        }
        case DONE, LAST_DONE, DEFER, SCHEDULE, HOLD, EXPIRE, REMOVE, ROLL_OVER ->
            ledger.commit(spool, 2, 300, false);
      };
    }

    private static void fill(Ledger ledger, Spool spool) throws IOException {
      for (int i = 0; i < 8; i++) {
        ledger.commit(spool, 1, 500, false);
      }
    }

    private void walk(Ledger ledger, Spool spool, QueueId id) throws IOException {
      switch (this) {
        case CLOSE_DRAFT -> ledger.closeDraft(spool, 2000);
        case COMMIT -> ledger.commit(spool, 3, 400, false);
        case COMMIT_BODY_FILE -> ledger.commit(spool, 1, 3000, false);
        case DONE, DONE_WHILE_HELD -> ledger.done(spool, id, 1);
        case LAST_DONE -> {
          ledger.done(spool, id, 0);
          ledger.done(spool, id, 1);
        }
        case DEFER, DEFER_IN_NEXT_SEGMENT -> ledger.defer(spool, id);
        case SCHEDULE, SCHEDULE_IN_NEXT_SEGMENT -> ledger.schedule(spool, id);
        case HOLD -> ledger.hold(spool, id, true);
        case EXPIRE, EXPIRE_WHILE_HELD -> ledger.expire(spool, id);
        case RELEASE -> ledger.hold(spool, id, false);
        case REMOVE, REMOVE_BODY_FILE, REMOVE_HELD, REMOVE_IN_NEXT_SEGMENT ->
            ledger.remove(spool, id);
        case ROLL_OVER -> fill(ledger, spool);
        case DELETE_SEGMENT -> {
          for (QueueId each : ledger.alive()) {
            ledger.remove(spool, each);
          }
        }
      }
      ledger.flush(spool);
      fill(ledger, spool);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPowerCutAtAnyOperationOfAnEdgeBreaksNoPromise(Edge edge) throws IOException {
    for (int variant = 0; variant < 4; variant++) {
      long before = operations(edge, false);
      long after = operations(edge, true);
      assertThat(after).isGreaterThan(before);
      for (long operation = before + 1; operation <= after; operation++) {
        long seed = variant * 1000L + operation;
        try {
          walkAndCut(edge, operation, seed);
        } catch (AssertionError | IOException | RuntimeException e) {
          throw new AssertionError(edge + ": operation " + operation + ", seed " + seed, e);
        }
      }
    }
  }

  private static long operations(Edge edge, boolean walk) throws IOException {
    CrashDisk disk = new CrashDisk(1);
    Ledger ledger = new Ledger(new Random(1));
    try (Spool spool = open(disk)) {
      QueueId id = edge.prepare(ledger, spool);
      if (walk) {
        edge.walk(ledger, spool, id);
      }
      return disk.operations();
    }
  }

  private static void walkAndCut(Edge edge, long operation, long seed) throws IOException {
    CrashDisk disk = new CrashDisk(seed);
    disk.failAt(operation, CrashDisk.Fault.POWER);
    Ledger ledger = new Ledger(new Random(seed));
    Spool spool = open(disk);
    try {
      QueueId id = edge.prepare(ledger, spool);
      edge.walk(ledger, spool, id);
    } catch (IOException _) {
      // The power went.
    }
    end(spool);
    disk.restart();
    recoverAndEmpty(disk, ledger);
  }

  /** What is left is right, can be worked with, and leaves nothing behind when it is removed. */
  static void recoverAndEmpty(CrashDisk disk, Ledger ledger) throws IOException {
    try (Spool recovered = open(disk)) {
      ledger.check(recovered);
      ledger.commit(recovered, 1, 100, false);
      for (QueueId id : ledger.alive()) {
        ledger.remove(recovered, id);
      }
      ledger.flush(recovered);
      ledger.check(recovered);
    }
    try (Spool empty = open(disk)) {
      ledger.check(empty);
      assertThat(empty.messages()).isEmpty();
    }
    assertThat(disk.list(QUEUE.resolve("spool/bodies"))).isEmpty();
    assertThat(segments(disk)).isLessThanOrEqualTo(1);
  }

  static void end(Spool spool) {
    try {
      spool.close();
    } catch (IOException _) {
      // Without power nothing can be written.
    }
  }

  /** What goes on in the background meanwhile. */
  enum Background {
    NOTHING(SMALL),
    COMPACTION(COMPACTING),
    COMPACTION_AND_SUMMARIES(KEEPING);

    private final SpoolLimits limits;

    Background(SpoolLimits limits) {
      this.limits = limits;
    }
  }

  @ParameterizedTest
  @EnumSource
  void powerCutsUnderMixedWorkBreakNoPromise(Background background) {
    for (long seed = 1; seed <= 800; seed++) {
      try {
        mixedWork(seed, background.limits);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void mixedWork(long seed, SpoolLimits limits) throws IOException {
    Random random = new Random(seed);
    CrashDisk disk = new CrashDisk(seed);
    Ledger ledger = new Ledger(random);
    for (int round = 0; round < 5; round++) {
      // Also during recovery, and now and then the process dies and the machine does not.
      long cut = 1 + random.nextInt(120);
      disk.failAt(
          limits == SMALL ? disk.operations() + cut : Long.MAX_VALUE, CrashDisk.Fault.POWER);
      Spool spool = null;
      try {
        spool = open(disk, limits);
        if (!disk.isOff()) {
          // A start gets by without a copy of what it cut, so it may not notice that it is dark.
          ledger.check(spool);
        }
        if (limits != SMALL) {
          // Not before: it copies while the check reads, and without power nothing can be read.
          disk.failAt(disk.operations() + cut, CrashDisk.Fault.POWER);
        }
        for (int i = 0; i < 60; i++) {
          ledger.step(spool, false);
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        if (!disk.isOff()) {
          throw e;
        }
      }
      if (spool != null) {
        end(spool);
      }
      if (random.nextInt(4) == 0) {
        disk.killProcess();
      } else {
        disk.restart();
      }
    }
    recoverAndEmpty(disk, ledger);
  }

  static long segments(CrashDisk disk) throws IOException {
    return segmentNames(disk).size();
  }

  static List<String> segmentNames(CrashDisk disk) throws IOException {
    return disk.list(QUEUE.resolve("spool")).stream()
        .filter(name -> name.endsWith(".segment"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "EIO, NOTHING", "EIO, COMPACTION", "EIO, COMPACTION_AND_SUMMARIES",
    "SHORT_WRITE, NOTHING", "SHORT_WRITE, COMPACTION", "SHORT_WRITE, COMPACTION_AND_SUMMARIES"
  })
  void whatAFailingDiskRefusedNeverComesBack(CrashDisk.Fault fault, Background background) {
    for (long seed = 1; seed <= 400; seed++) {
      try {
        failingDisk(seed, fault, background.limits);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError(fault + ", seed " + seed, e);
      }
    }
  }

  /** One operation fails, the disk works again, later the power goes. */
  private static void failingDisk(long seed, CrashDisk.Fault fault, SpoolLimits limits)
      throws IOException {
    Random random = new Random(seed);
    CrashDisk disk = new CrashDisk(seed);
    Ledger ledger = new Ledger(random);
    Spool spool = open(disk, limits);
    int refusals = 0;
    for (int i = 0; i < 60; i++) {
      if (i % 15 == 5) {
        disk.failAt(disk.operations() + 1 + random.nextInt(12), fault);
      }
      try {
        ledger.step(spool, true);
      } catch (IOException _) {
        refusals++;
      }
    }
    assertThat(refusals).isLessThan(10);
    disk.failAt(Long.MAX_VALUE, fault);
    ledger.commit(spool, 1, 10, true);
    ledger.flush(spool);
    disk.failAt(disk.operations() + 1, CrashDisk.Fault.POWER);
    end(spool);
    disk.restart();
    recoverAndEmpty(disk, ledger);
  }

  /**
   * The directory's force fails after a dead segment was deleted, works afterwards, and the power
   * goes: the segment may be there again, and then so must be the word that its messages are gone.
   */
  @Test
  void aDeletionThatCouldNotBeForcedIsNotBelieved() {
    for (long seed = 1; seed <= 300; seed++) {
      try {
        unforcedDeletion(seed);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void unforcedDeletion(long seed) throws IOException {
    CrashDisk disk = new CrashDisk(seed);
    Ledger ledger = new Ledger(new Random(seed));
    Spool spool = open(disk);
    for (int i = 0; i < 12; i++) {
      ledger.commit(spool, 1, 500, false);
    }
    long before = segments(disk);
    List<QueueId> alive = List.copyOf(ledger.alive());
    disk.failDirectories(1 + (int) (seed % 2));
    for (QueueId id : alive) {
      ledger.remove(spool, id);
    }
    ledger.flush(spool);
    // Each gives the writer a turn to delete again, and fills segments so that REMOVEs are dead.
    for (int i = 0; i < 30; i++) {
      QueueId id = ledger.commit(spool, 1, 500, false);
      ledger.remove(spool, id);
      ledger.flush(spool);
    }
    assertThat(disk.failedDirectories()).isPositive();
    assertThat(segments(disk)).isLessThan(before);
    disk.failAt(disk.operations() + 1, CrashDisk.Fault.POWER);
    end(spool);
    disk.restart();
    recoverAndEmpty(disk, ledger);
  }

  /**
   * Neither force nor cut works, so that the next segment's header alone knows what was refused:
   * when all else in it is gone it is still needed, also after a start.
   */
  @Test
  void theWordWhereAnUncutSegmentEndsIsKept() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    Ledger ledger = new Ledger(new Random(1));
    try (Spool spool = open(disk)) {
      ledger.commit(spool, 1, 100, false);
      long write = disk.operations() + 1;
      disk.failBetween(write + 1, write + 2, CrashDisk.Fault.EIO);
      assertThatThrownBy(() -> ledger.commit(spool, 1, 100, true)).isInstanceOf(IOException.class);
      emptySecondSegment(disk, ledger, spool);
    }
    try (Spool spool = open(disk)) {
      ledger.check(spool);
      emptySecondSegment(disk, ledger, spool);
    }
    recoverAndEmpty(disk, ledger);
  }

  /** Removes everything but the oldest message, in a third segment at least. */
  private static void emptySecondSegment(CrashDisk disk, Ledger ledger, Spool spool)
      throws IOException {
    String newest = segmentNames(disk).getLast();
    while (segmentNames(disk).getLast().equals(newest)) {
      ledger.commit(spool, 1, 500, false);
    }
    for (QueueId id : ledger.alive().stream().skip(1).toList()) {
      ledger.remove(spool, id);
    }
    ledger.flush(spool);
    // Gives the writer a turn to delete.
    ledger.flush(spool);
  }

  @Test
  void aFullDiskRefusesMailAndTakesItAgainWhenMessagesWent() throws IOException {
    CrashDisk disk = new CrashDisk(7);
    Ledger ledger = new Ledger(new Random(7));
    disk.capacity(20_000);
    Spool spool = open(disk);
    int stored = 0;
    IOException refusal = null;
    while (refusal == null) {
      try {
        ledger.commit(spool, 1, 500, true);
        stored++;
      } catch (IOException e) {
        refusal = e;
      }
    }
    assertThat(refusal).hasMessageContaining("No space left on device");
    assertThat(stored).isGreaterThan(15);

    for (QueueId id : ledger.alive()) {
      ledger.done(spool, id, 0);
      ledger.remove(spool, id);
    }
    QueueId after = null;
    for (int attempt = 0; after == null && attempt < 100; attempt++) {
      try {
        after = ledger.commit(spool, 1, 500, true);
      } catch (IOException _) {
        // Not yet.
      }
    }

    assertThat(after).isNotNull();
    end(spool);
    disk.restart();
    recoverAndEmpty(disk, ledger);
  }

  @Test
  void aChangeThatFindsNoRoomDoesNotRefuseAMessageThatIsStored() throws Exception {
    CrashDisk disk = new CrashDisk(3);
    Spool spool = open(disk);
    QueueId waiting = Samples.store(spool, Samples.envelope(1), new byte[100]).id();
    Thread held;
    CompletableFuture<QueueId> stored = new CompletableFuture<>();
    Draft first = spool.draft();
    Draft draft = spool.draft();
    synchronized (disk) {
      // No file can grow: what is zeroed already takes a small message, but not a long reason.
      disk.capacity(0);
      held = Thread.startVirtualThread(() -> commit(first, new CompletableFuture<>()));
      awaitWriter(Thread.State.BLOCKED);
      Thread committing = Thread.ofPlatform().start(() -> commit(draft, stored));
      while (committing.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      spool.defer(waiting, List.of(new StoredMessage.Pending(0, "x".repeat(1500))), Instant.EPOCH);
    }
    boolean accepted = stored.handle((_, failure) -> failure == null).get();
    held.join();

    assertThat(spool.find(draft.id()).isPresent()).isEqualTo(accepted);
    disk.capacity(Long.MAX_VALUE);
    end(spool);
    try (Spool again = open(disk)) {
      assertThat(again.find(draft.id()).isPresent()).isEqualTo(accepted);
    }
  }

  private static void commit(Draft draft, CompletableFuture<QueueId> result) {
    try (draft) {
      result.complete(draft.commit(Samples.envelope(1)).id());
    } catch (IOException e) {
      result.completeExceptionally(e);
    }
  }

  private static void awaitWriter(Thread.State state) {
    while (Thread.getAllStackTraces().keySet().stream()
        .noneMatch(each -> each.getName().equals("spool-writer") && each.getState() == state)) {
      Thread.onSpinWait();
    }
  }
}
