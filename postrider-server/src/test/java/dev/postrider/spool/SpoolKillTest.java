package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.log.MailLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at random moments, again and again on one spool: nothing acknowledged goes missing. */
class SpoolKillTest {
  private static final int KILLS = 200;
  private static final int THREADS = 4;
  private static final MailLog SILENT = (severity, process, text) -> {};

  /** Stores messages until it is killed, and says each one's id and seed when it is durable. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      long base = Long.parseLong(arguments[1]);
      SegmentSpool spool = SegmentSpool.open(Path.of(arguments[0]), SILENT, InstantSource.system());
      PrintStream out = System.out;
      for (int t = 0; t < THREADS; t++) {
        long from = base + t * 100_000L;
        Thread.ofPlatform().start(() -> store(spool, from, out));
      }
    }

    private static void store(Spool spool, long from, PrintStream out) {
      for (long seed = from; ; seed++) {
        try {
          StoredMessage stored =
              Samples.store(spool, Samples.envelope(1 + (int) (seed % 3)), content(seed));
          // One write call a line, so that a kill cuts no line in two.
          byte[] line =
              (stored.id().micros() + " " + seed + "\n").getBytes(StandardCharsets.US_ASCII);
          out.write(line, 0, line.length);
          out.flush();
          if (seed % 2 == 0) {
            spool.remove(stored.id());
          }
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    }
  }

  /** Every third message to remain is long enough for a body file now and then. */
  private static byte[] content(long seed) {
    Random random = new Random(seed);
    int length = seed % 101 == 1 ? 300_000 : random.nextInt(8000);
    return Samples.content(random, length);
  }

  @Test
  void twoHundredKillsLoseNothing(@TempDir Path directory) throws Exception {
    Random random = new Random(42);
    Map<Long, Long> kept = new HashMap<>();
    int acknowledged = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      List<String> lines = runAndKill(directory, kill, random.nextInt(60));
      acknowledged += lines.size();
      Map<Long, Long> removable = new HashMap<>();
      for (String line : lines) {
        int space = line.indexOf(' ');
        long id = Long.parseLong(line, 0, space, 10);
        long seed = Long.parseLong(line, space + 1, line.length(), 10);
        (seed % 2 == 0 ? removable : kept).put(id, seed);
      }
      check(directory, "kill " + kill, kept, removable);
      if (kill % 8 == 7) {
        // Lets segments die too, and keeps the test short.
        removeAll(directory);
        kept.clear();
      }
    }
    assertThat(acknowledged).isGreaterThan(KILLS * 5);
  }

  private static void check(
      Path directory, String when, Map<Long, Long> kept, Map<Long, Long> removable)
      throws IOException {
    try (SegmentSpool spool = SegmentSpool.open(directory, SILENT, InstantSource.system())) {
      for (Map.Entry<Long, Long> each : kept.entrySet()) {
        StoredMessage found =
            spool
                .find(new QueueId(each.getKey()))
                .orElseThrow(() -> new AssertionError(when + ": lost " + each));
        assertThat(Samples.read(found)).as(when).isEqualTo(content(each.getValue()));
      }
      for (StoredMessage message : spool.messages().toList()) {
        Long seed = removable.get(message.id().micros());
        byte[] content = Samples.read(message);
        if (seed != null) {
          assertThat(content).as(when).isEqualTo(content(seed));
        }
      }
    }
  }

  private static void removeAll(Path directory) throws IOException {
    try (SegmentSpool spool = SegmentSpool.open(directory, SILENT, InstantSource.system())) {
      spool.messages().forEach(message -> spool.remove(message.id()));
      spool.flush();
      assertThat(spool.messages()).isEmpty();
    }
  }

  private static List<String> runAndKill(Path directory, int round, int millis) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                directory.toString(),
                Long.toString((round + 1) * 1_000_000L))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
      lines.add(out.readLine());
      // Not a synchronisation: the random moment of the kill.
      child.waitFor(millis, TimeUnit.MILLISECONDS);
      assertThat(child.toHandle().destroyForcibly()).isTrue();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    }
    assertThat(child.waitFor()).isNotZero();
    assertThat(lines).doesNotContainNull();
    return lines;
  }
}
