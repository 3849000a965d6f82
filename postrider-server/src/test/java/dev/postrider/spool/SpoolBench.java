package dev.postrider.spool;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Measures commits: {@code java … SpoolBench DIRECTORY BYTES COMMITTERS…}. Not a test. */
final class SpoolBench {
  private SpoolBench() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int bytes = Integer.parseInt(arguments[1]);
    try (SegmentSpool spool =
        SegmentSpool.open(directory, (severity, process, text) -> {}, InstantSource.system())) {
      for (int i = 2; i < arguments.length; i++) {
        int committers = Integer.parseInt(arguments[i]);
        measure(spool, bytes, committers, 1500);
        System.out.println(measure(spool, bytes, committers, 3000));
      }
    }
  }

  private static String measure(Spool spool, int bytes, int committers, long millis)
      throws Exception {
    byte[] content = new byte[bytes];
    AtomicLong messages = new AtomicLong();
    long[][] latencies = new long[committers][];
    long cpu = cpuNanos();
    long start = System.nanoTime();
    long end = start + millis * 1_000_000;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < committers; t++) {
        int own = t;
        threads.execute(() -> latencies[own] = run(spool, content, end, messages));
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double micros = (cpuNanos() - cpu) / 1e3;
    long[] all = Arrays.stream(latencies).flatMapToLong(Arrays::stream).sorted().toArray();
    return "%d bytes, %d committers: %.0f/s, %.1f us CPU each, p50 %.2f ms, p99 %.2f ms"
        .formatted(
            bytes,
            committers,
            messages.get() / seconds,
            micros / messages.get(),
            all[all.length / 2] / 1e6,
            all[all.length * 99 / 100] / 1e6);
  }

  private static long[] run(Spool spool, byte[] content, long end, AtomicLong messages) {
    long[] latencies = new long[1 << 12];
    int count = 0;
    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
      try {
        QueueId id = Samples.store(spool, Samples.envelope(1), content).id();
        latencies[count++ % latencies.length] = System.nanoTime() - now;
        spool.done(id, 0);
        spool.remove(id);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    messages.addAndGet(count);
    return Arrays.copyOf(latencies, Math.min(count, latencies.length));
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }
}
