package dev.postrider.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/**
 * What a daemon leaves in {@code queue_directory/pid} for scripts: who it is, and when it is wanted
 * again.
 *
 * <ul>
 *   <li>{@code master.pid}: the process, as Postfix has it;
 *   <li>{@code master.since}: the process and when the kernel started it (field 22 of
 *       /proc/PID/stat; 0 where there is none), so that a number which another process has by now
 *       is not taken for the daemon;
 *   <li>{@code wakeup}: the second (since 1970) in which the first deferred message is due, while
 *       no daemon runs.
 * </ul>
 */
final class RunFiles {
  private final Path directory;

  RunFiles(Path queueDirectory) {
    this.directory = queueDirectory.resolve("pid");
  }

  /** This process runs. */
  void write() throws IOException {
    long pid = ProcessHandle.current().pid();
    Files.deleteIfExists(wakeUp());
    replace("master.since", pid + " " + OwnStat.field(OwnStat.START_TIME).orElse("0"));
    replace("master.pid", Long.toString(pid));
  }

  /** It is about to end: whoever hands a message over from now on must see to a daemon itself. */
  void remove() throws IOException {
    Files.deleteIfExists(directory.resolve("master.since"));
    Files.deleteIfExists(directory.resolve("master.pid"));
  }

  /** A daemon is wanted then. Rounded up: earlier nothing would be due. */
  void wakeUp(Instant when) throws IOException {
    replace("wakeup", Long.toString(when.plusNanos(999_999_999).getEpochSecond()));
  }

  private Path wakeUp() {
    return directory.resolve("wakeup");
  }

  /** Never half written: a shell script reads it at any time. */
  private void replace(String name, String line) throws IOException {
    Path fresh = directory.resolve(name + ".new");
    Files.writeString(fresh, line + "\n");
    Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
