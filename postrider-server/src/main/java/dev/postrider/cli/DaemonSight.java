package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.doctor.DaemonState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** What files and processes tell of the daemon of a queue. Functions only. */
final class DaemonSight {
  private DaemonSight() {}

  static DaemonState of(Config config) {
    DaemonProcess process = new DaemonProcess(config);
    Optional<Long> pid = process.running();
    Path directory = process.pidFile().resolveSibling(".").normalize();
    return new DaemonState(
        pid,
        pid.flatMap(ProcessHandle::of).flatMap(handle -> handle.info().startInstant()),
        number(directory.resolve("on-demand"))
            .filter(waiter -> ProcessHandle.of(waiter).isPresent()),
        number(directory.resolve("wakeup")).map(Instant::ofEpochSecond));
  }

  /** The first number of a file; empty if there is none that can be read. */
  private static Optional<Long> number(Path file) {
    try {
      return Optional.of(Long.parseLong(Files.readString(file).strip().split(" ", 2)[0]));
    } catch (IOException | NumberFormatException _) {
      return Optional.empty();
    }
  }
}
