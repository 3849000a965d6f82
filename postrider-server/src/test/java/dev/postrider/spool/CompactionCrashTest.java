package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.CrashDisk;
import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Loses power while segments are emptied, and looks at what that gives back. */
class CompactionCrashTest {
  @Test
  void powerCutsWhileASegmentIsEmptiedBreakNoPromise() {
    for (long seed = 1; seed <= 600; seed++) {
      try {
        emptiedSegment(seed);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /** Several segments with one message left in each, in every state that a message can be in. */
  private static void emptiedSegment(long seed) throws IOException {
    Random random = new Random(seed);
    CrashDisk disk = new CrashDisk(seed);
    Ledger ledger = new Ledger(random);
    Spool spool = SpoolCrashTest.open(disk, SpoolCrashTest.COMPACTING);
    try {
      List<QueueId> left = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        QueueId id = ledger.commit(spool, 3, random.nextInt(400), false);
        left.add(id);
        switch (random.nextInt(5)) {
          case 0 -> ledger.defer(spool, id);
          case 1 -> ledger.hold(spool, id, true);
          case 2 -> ledger.done(spool, id, 1);
          case 3 -> ledger.expire(spool, id);
          default -> {}
        }
        for (int filler = 0; filler < 7; filler++) {
          ledger.commit(spool, 1, 500, false);
        }
      }
      disk.failAt(disk.operations() + 1 + random.nextInt(60), CrashDisk.Fault.POWER);
      for (QueueId id : ledger.alive()) {
        if (!left.contains(id)) {
          ledger.remove(spool, id);
        }
      }
      ledger.flush(spool);
      for (int i = 0; i < 20; i++) {
        // While it copies, messages change and go.
        if (random.nextInt(4) == 0) {
          ledger.done(spool, left.get(random.nextInt(left.size())), random.nextInt(3));
        }
        if (random.nextInt(8) == 0 && ledger.alive().size() > 1) {
          ledger.remove(spool, ledger.alive().getFirst());
        }
        ledger.flush(spool);
      }
    } catch (IOException e) {
      if (!disk.isOff()) {
        throw e;
      }
    }
    SpoolCrashTest.end(spool);
    disk.restart();
    // The power goes again while the first cut is repaired.
    disk.failAt(disk.operations() + 1 + random.nextInt(40), CrashDisk.Fault.POWER);
    try {
      SpoolCrashTest.end(SpoolCrashTest.open(disk, SpoolCrashTest.COMPACTING));
    } catch (IOException e) {
      if (!disk.isOff()) {
        throw e;
      }
    }
    disk.restart();
    SpoolCrashTest.recoverAndEmpty(disk, ledger);
  }

  @Test
  void aMessageRemovedWhileItIsCopiedComesBackWithItsPastOrNotAtAll() {
    for (long seed = 1; seed <= 200; seed++) {
      try {
        removedWhileCopied(seed);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /** Neither the copy nor the removal is forced when the power goes. */
  private static void removedWhileCopied(long seed) throws IOException {
    CrashDisk disk = new CrashDisk(seed);
    Ledger ledger = new Ledger(new Random(seed));
    Spool spool = SpoolCrashTest.open(disk, SpoolCrashTest.COMPACTING);
    QueueId id = ledger.commit(spool, 3, 100, false);
    ledger.done(spool, id, 1);
    ledger.hold(spool, id, true);
    for (int i = 0; i < 8; i++) {
      ledger.commit(spool, 1, 500, false);
    }
    String first = SpoolCrashTest.segmentNames(disk).getFirst();
    for (QueueId filler : ledger.alive()) {
      if (!filler.equals(id)) {
        ledger.remove(spool, filler);
      }
    }
    while (SpoolCrashTest.segmentNames(disk).contains(first)
        && !isIn(disk, SpoolCrashTest.segmentNames(disk).getLast(), id)) {
      Thread.onSpinWait();
    }
    long before = disk.operations();
    disk.failAt(before + 1 + seed % 8, CrashDisk.Fault.POWER);
    ledger.remove(spool, id);
    while (disk.operations() == before) {
      Thread.onSpinWait();
    }
    try {
      while (true) {
        ledger.commit(spool, 1, 10, false);
      }
    } catch (IOException _) {
      // The power went.
    }
    SpoolCrashTest.end(spool);
    disk.restart();
    SpoolCrashTest.recoverAndEmpty(disk, ledger);
  }

  @Test
  void aSegmentThatIsMostlyDeadIsEmptiedAndDeleted() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    Ledger ledger = new Ledger(new Random(1));
    try (Spool spool = SpoolCrashTest.open(disk, SpoolCrashTest.COMPACTING)) {
      QueueId first = ledger.commit(spool, 2, 300, false);
      ledger.defer(spool, first);
      QueueId second = ledger.commit(spool, 2, 300, false);
      ledger.done(spool, second, 1);
      for (int i = 0; i < 40; i++) {
        ledger.commit(spool, 1, 500, false);
      }
      for (QueueId id : ledger.alive()) {
        if (!id.equals(first) && !id.equals(second)) {
          ledger.remove(spool, id);
        }
      }

      // Each flush gives the writer a turn, and it copies in every one.
      for (int i = 0; i < 50 && SpoolCrashTest.segments(disk) > 1; i++) {
        ledger.flush(spool);
      }

      assertThat(SpoolCrashTest.segments(disk)).isEqualTo(1);
      ledger.check(spool);
      assertThat(spool.messages()).extracting(StoredMessage::id).containsExactly(first, second);
    }
    disk.restart();
    SpoolCrashTest.recoverAndEmpty(disk, ledger);
  }

  @Test
  void theOpenSegmentGivesTheDiskBackWhatIsDeadInIt() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    Ledger ledger = new Ledger(new Random(1));
    try (Spool spool = SpoolCrashTest.open(disk, SpoolCrashTest.COMPACTING)) {
      for (int i = 0; i < 5; i++) {
        ledger.commit(spool, 1, 500, false);
      }
      List<String> before = SpoolCrashTest.segmentNames(disk);
      ledger.alive().forEach(id -> ledger.remove(spool, id));

      // Each flush gives the writer a turn, and opens a segment if there is none.
      for (int i = 0;
          i < 50 && !Collections.disjoint(SpoolCrashTest.segmentNames(disk), before);
          i++) {
        ledger.flush(spool);
      }

      assertThat(SpoolCrashTest.segmentNames(disk)).doesNotContainAnyElementsOf(before);
      QueueId next = ledger.commit(spool, 1, 500, false);
      ledger.check(spool);
      assertThat(spool.messages()).extracting(StoredMessage::id).containsExactly(next);
    }
    disk.restart();
    SpoolCrashTest.recoverAndEmpty(disk, ledger);
  }

  /** Whether a segment that is no longer, or not yet, its home has a record of a message. */
  private static boolean isIn(CrashDisk disk, String segment, QueueId id) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(2 * SpoolCrashTest.SMALL.segmentBytes());
    try (DiskFile file = disk.openToRead(SpoolCrashTest.QUEUE.resolve("spool").resolve(segment))) {
      bytes.limit(file.read(bytes, 0));
    } catch (NoSuchFileException _) {
      return false;
    }
    for (int at = 0; at <= bytes.limit() - Long.BYTES; at++) {
      if (bytes.getLong(at) == id.micros()) {
        return true;
      }
    }
    return false;
  }
}
