package dev.postrider.doctor;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What is free where the queue lies. Immutable.
 *
 * @param freeBytes that the mail system may use
 * @param totalBytes of the file system
 * @param freeFiles how many files can still be made; -1 where the file system sets no number
 */
public record Room(long freeBytes, long totalBytes, long freeFiles) {
  /** Measures a file system. */
  @FunctionalInterface
  public interface Gauge {
    /**
     * Measures the one that a directory is in.
     *
     * @throws IOException naming the directory
     */
    Room measure(Path directory) throws IOException, InterruptedException;
  }

  /** For people: {@code 4.2 GB}. */
  static String print(long bytes) {
    if (bytes < 1_000_000) {
      return bytes / 1000 + " kB";
    }
    return bytes < 1_000_000_000
        ? bytes / 1_000_000 + " MB"
        : "%d.%d GB".formatted(bytes / 1_000_000_000, bytes / 100_000_000 % 10);
  }
}
