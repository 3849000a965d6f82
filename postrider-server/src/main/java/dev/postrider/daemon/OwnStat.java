package dev.postrider.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What Linux tells of this process in one line (proc_pid_stat(5)). Functions only. */
final class OwnStat {
  /** The session it belongs to. */
  static final int SESSION = 6;

  /** When it began, in ticks since the machine did. */
  static final int START_TIME = 22;

  private OwnStat() {}

  /**
   * One field.
   *
   * @param number as in the manual: from 3 on, as the second may hold anything
   * @return empty where there is no such line
   */
  static Optional<String> field(int number) throws IOException {
    Path stat = Path.of("/proc/self/stat");
    if (!Files.isReadable(stat)) {
      return Optional.empty();
    }
    String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
    return Optional.of(line.substring(line.lastIndexOf(')') + 2).split(" ")[number - 3]);
  }
}
