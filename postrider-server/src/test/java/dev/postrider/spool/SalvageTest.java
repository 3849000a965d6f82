package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.CrashDisk;
import dev.postrider.mail.envelope.Envelope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is taken out of damaged spools: never something else than what was stored there. */
class SalvageTest {
  private static final Path QUEUE = Path.of("/queue");
  private static final Path SPOOL = QUEUE.resolve("spool");

  /** A message as it was stored. */
  private record Original(QueueId id, Envelope envelope, byte[] content) {
    boolean is(Remains remains) throws IOException {
      return envelope.equals(remains.envelope()) && Arrays.equals(content, read(remains));
    }
  }

  private static byte[] read(Remains remains) throws IOException {
    try (InputStream in = remains.content().open()) {
      return in.readAllBytes();
    }
  }

  private static Original store(Spool spool, Envelope envelope, byte[] content) throws IOException {
    return new Original(Samples.store(spool, envelope, content).id(), envelope, content);
  }

  /** Six messages, one of them with its content in a file, one changed. */
  private static List<Original> fill(CrashDisk disk, Random random) throws IOException {
    List<Original> all = new ArrayList<>();
    // Ids of which none is another one with a flipped bit, whenever the test runs.
    AtomicLong micros = new AtomicLong(1_795_734_153_000_000L);
    InstantSource clock = () -> Micros.instant(micros.addAndGet(1_000_003));
    try (Spool spool = SpoolCrashTest.open(disk, clock)) {
      for (int i = 0; i < 6; i++) {
        Envelope envelope = i % 2 == 0 ? Samples.fullEnvelope() : Samples.envelope(1 + i);
        int size = i == 3 ? 5000 : 1 + random.nextInt(500);
        all.add(store(spool, envelope, Samples.content(random, size)));
      }
      spool.done(all.get(1).id(), 0);
      spool.flush();
    }
    return all;
  }

  private static Path only(CrashDisk disk, String directory, String suffix) {
    Path where = directory.isEmpty() ? SPOOL : SPOOL.resolve(directory);
    return where.resolve(
        disk.list(where).stream().filter(name -> name.endsWith(suffix)).findFirst().orElseThrow());
  }

  private static Salvage.Result salvage(CrashDisk disk) throws IOException {
    long operations = disk.operations();
    Salvage.Result result = Salvage.run(disk, QUEUE, _ -> {});
    assertThat(disk.operations()).as("operations that change something").isEqualTo(operations);
    return result;
  }

  @Test
  void inASoundSpoolThereIsNothingToSave() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    fill(disk, new Random(1));

    Salvage.Result result = salvage(disk);

    assertThat(result.remains()).isEmpty();
    assertThat(result.hopeless()).isEmpty();
  }

  /** One bit anywhere behind the segment's header: nothing is lost but that bit. */
  @Test
  void aFlippedBitCostsNoMessage() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    List<Original> originals = fill(disk, new Random(1));
    Path segment = only(disk, "", ".segment");
    byte[] sound = disk.bytes(segment);
    for (int at = SegmentHeader.BYTES; at < sound.length; at += 3) {
      byte[] bytes = sound.clone();
      bytes[at] ^= (byte) (1 << at % 8);
      disk.replace(segment, bytes);
      check(disk, originals, "bit of byte " + at, true);
    }
  }

  @Test
  void fromAnyDamageOnlyWhatWasStoredComesBackAsWhole() throws IOException {
    for (long seed = 1; seed <= 1500; seed++) {
      Random random = new Random(seed);
      CrashDisk disk = new CrashDisk(seed);
      List<Original> originals = fill(disk, random);
      Path segment = only(disk, "", ".segment");
      disk.replace(segment, mangled(disk.bytes(segment), random));
      check(disk, originals, "seed " + seed, false);
      // As a start leaves it: damage in quarantine too, an unfinished end cut off.
      try (Spool spool = SpoolCrashTest.open(disk)) {
        assertThat(spool.usableBytes()).isPositive();
      }
      check(disk, originals, "seed " + seed + " after a start", false);
    }
  }

  private static byte[] mangled(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = SegmentHeader.BYTES + random.nextInt(bytes.length - SegmentHeader.BYTES);
      int length = Math.min(1 + random.nextInt(200), bytes.length - at);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> Arrays.fill(bytes, at, at + length, (byte) random.nextInt(2));
        case 2 -> bytes = Arrays.copyOf(bytes, Math.max(at, SegmentHeader.BYTES + 1));
        default -> {
          // Bytes are missing in the middle, so that records no longer stand at multiples of 8.
          byte[] shorter = new byte[bytes.length - length];
          System.arraycopy(bytes, 0, shorter, 0, at);
          System.arraycopy(bytes, at + length, shorter, at, shorter.length - at);
          bytes = shorter;
        }
      }
      if (bytes.length <= SegmentHeader.BYTES + 1) {
        return bytes;
      }
    }
    return bytes;
  }

  private static void check(
      CrashDisk disk, List<Original> originals, String what, boolean nothingLost)
      throws IOException {
    Salvage.Result result;
    try {
      result = salvage(disk);
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
    for (Remains remains : result.remains()) {
      byte[] content = read(remains);
      assertThat(content).as(what).hasSize((int) remains.content().size());
      if (remains.isWhole()) {
        assertThat(matches(originals, remains)).as("%s: %s", what, remains).isTrue();
      } else {
        assertThat(remains.faults()).as(what).allMatch(fault -> !fault.isBlank());
      }
    }
    if (nothingLost) {
      long sound =
          SpoolCheck.run(disk, QUEUE, java.time.InstantSource.system(), _ -> {}).messages();
      long saved =
          result.remains().stream().filter(each -> each.trace() != Remains.Trace.IN_QUEUE).count();
      assertThat(sound + saved).as(what + " " + result).isEqualTo(originals.size());
    }
  }

  private static boolean matches(List<Original> originals, Remains remains) throws IOException {
    for (Original each : originals) {
      if (each.is(remains)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aDamagedContentIsSavedAsFarAsItIsThere() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    Original first;
    try (Spool spool = SpoolCrashTest.open(disk)) {
      first = store(spool, Samples.fullEnvelope(), new byte[400]);
      store(spool, Samples.envelope(1), new byte[400]);
      spool.done(first.id(), 1);
      spool.hold(first.id(), true);
      spool.flush();
    }
    Path segment = only(disk, "", ".segment");
    byte[] bytes = disk.bytes(segment);
    int metaLength = java.nio.ByteBuffer.wrap(bytes).getInt(SegmentHeader.BYTES + 24);
    bytes[SegmentHeader.BYTES + RecordHeader.BYTES + metaLength + 200] = 'x';
    disk.replace(segment, bytes);

    Remains remains = salvage(disk).remains().getFirst();

    assertThat(remains.id()).isEqualTo(first.id());
    assertThat(remains.envelope()).isEqualTo(first.envelope());
    assertThat(remains.faults())
        .containsExactly("the content is damaged somewhere in its 400 bytes");
    assertThat(remains.done().stream()).containsExactly(1);
    assertThat(remains.standing().held()).isTrue();
    assertThat(remains.trace()).isEqualTo(Remains.Trace.LOST);
    byte[] expected = new byte[400];
    expected[200] = 'x';
    assertThat(read(remains)).isEqualTo(expected);
  }

  @Test
  void aBodyFileThatIsCutIsSavedAsFarAsItGoes() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    List<Original> originals = fill(disk, new Random(1));
    Path body = only(disk, "bodies", ".body");
    disk.replace(body, Arrays.copyOf(disk.bytes(body), 1200));

    Remains remains = salvage(disk).remains().getFirst();

    assertThat(remains.id()).isEqualTo(originals.get(3).id());
    assertThat(remains.faults())
        .containsExactly("the content is cut: 1200 of 5000 bytes are there, some perhaps damaged");
    assertThat(read(remains)).isEqualTo(Arrays.copyOf(originals.get(3).content(), 1200));
  }

  @Test
  void aBodyFileWhoseRecordIsLostIsTakenOutOfQuarantine() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    List<Original> originals = fill(disk, new Random(1));
    Path segment = only(disk, "", ".segment");
    byte[] bytes = disk.bytes(segment);
    // All records but the last, which is sound and makes damage of them.
    Arrays.fill(bytes, SegmentHeader.BYTES, bytes.length - 64, (byte) 7);
    disk.replace(segment, bytes);
    SpoolCrashTest.open(disk).close();

    List<Remains> found = salvage(disk).remains();

    assertThat(found)
        .filteredOn(each -> each.id().equals(originals.get(3).id()))
        .singleElement()
        .satisfies(remains -> {
          assertThat(read(remains)).isEqualTo(originals.get(3).content());
          assertThat(remains.faults()).anyMatch(fault -> fault.contains("the envelope is lost"));
        });
  }

  /** Who writes bytes of a record into a message cannot have it taken for one. */
  @Test
  void aRecordInsideAContentIsNone() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    byte[] content = new byte[400];
    java.nio.ByteBuffer forged = java.nio.ByteBuffer.wrap(content);
    byte[] meta = new MessageFields(1, Samples.envelope(1), null, null).encode();
    new RecordHeader(RecordType.MESSAGE, 5, meta.length, 0, RecordHeader.crc(meta, meta.length), 0)
        .put(forged, 0, 0x1234);
    System.arraycopy(meta, 0, content, RecordHeader.BYTES, meta.length);
    Original first;
    try (Spool spool = SpoolCrashTest.open(disk)) {
      first = store(spool, Samples.fullEnvelope(), content);
      store(spool, Samples.envelope(1), new byte[400]);
    }
    Path segment = only(disk, "", ".segment");
    byte[] bytes = disk.bytes(segment);
    bytes[SegmentHeader.BYTES + 30] ^= 1;
    disk.replace(segment, bytes);

    assertThat(salvage(disk).remains()).extracting(Remains::id).containsExactly(first.id());
  }
}
