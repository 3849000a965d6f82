package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.CrashDisk;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Readers of bytes that may be anything: they find what is sound and never throw anything odd. */
class SegmentScanFuzzTest {
  private static final Path QUEUE = Path.of("/queue");
  private static final MailLog SILENT = (severity, process, text) -> {};

  private static Spool open(CrashDisk disk) throws IOException {
    return SegmentSpool.open(
        QUEUE,
        new SegmentSpool.Settings(disk, SILENT, InstantSource.system(), SpoolCrashTest.SMALL));
  }

  @Test
  void aMangledSegmentNeverStopsTheQueue() throws IOException {
    CrashDisk disk = new CrashDisk(1);
    try (Spool spool = open(disk)) {
      for (int i = 0; i < 5; i++) {
        QueueId id = Samples.store(spool, Samples.fullEnvelope(), new byte[100 * i]).id();
        spool.defer(id, List.of(new StoredMessage.Pending(0, "reason")), Instant.EPOCH);
        spool.done(id, 1);
      }
    }
    Path directory = QUEUE.resolve("spool");
    Path segment = directory.resolve(disk.list(directory).getFirst());
    byte[] sound = disk.bytes(segment);

    for (long seed = 1; seed <= 2000; seed++) {
      Random random = new Random(seed);
      CrashDisk damaged = new CrashDisk(seed);
      damaged.create(segment).close();
      damaged.forceDirectory(directory);
      damaged.replace(segment, mangled(sound, random));
      try (Spool spool = open(damaged)) {
        assertThat(spool.messages().count()).isLessThanOrEqualTo(5);
        Samples.store(spool, Samples.envelope(1), new byte[10]);
      } catch (IOException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("newer version");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static byte[] mangled(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    for (int i = random.nextInt(6); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 ->
            Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(600)), (byte) 0);
        case 2 -> bytes = Arrays.copyOf(bytes, Math.max(at, 1));
        default -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(400), bytes.length - Math.max(at, from));
          System.arraycopy(bytes, from, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  /** As if the checksum had been made by somebody who means harm, or by a bug of ours. */
  @Test
  void fieldsOfAnyBytesAreReadOrRefused() {
    byte[] sound = new MessageFields(1, Samples.fullEnvelope(), null, null).encode();
    for (long seed = 1; seed <= 200_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = seed % 2 == 0 ? mangled(sound, random) : new byte[random.nextInt(60)];
      if (seed % 2 == 1) {
        random.nextBytes(bytes);
      }
      try {
        assertThat(MessageFields.decode(bytes).envelope().recipients().size())
            .isLessThanOrEqualTo(bytes.length);
      } catch (BadRecordException _) {
        // Refused, as it should be.
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
      try {
        assertThat(Progress.decode(bytes, 5).doneCount()).isLessThanOrEqualTo(5);
      } catch (BadRecordException _) {
        // Refused, as it should be.
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void aHeaderOfRandomBytesIsNone() {
    Random random = new Random(1);
    ByteBuffer bytes = ByteBuffer.allocate(RecordHeader.BYTES);
    for (int i = 0; i < 100_000; i++) {
      random.nextBytes(bytes.array());
      bytes.putInt(0, RecordHeader.MARK);
      assertThat(RecordHeader.parse(bytes, 0, bytes.getLong(16))).isNull();
    }
  }
}
