package dev.postrider.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Commands that need rights which this process cannot pass on: a set-uid or set-gid program, such
 * as procmail, has its user's rights only under no_new_privs (a unit's NoNewPrivileges=yes), and
 * then fails in ways that look like the mail's fault. Immutable.
 *
 * @param isConfined whether those bits have no effect
 * @param directories where programs without a slash are looked for
 */
record LostRights(boolean isConfined, List<Path> directories) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s\"'`;&|()<>$={}]+");

  /** Set-uid, and set-gid, in a mode. */
  private static final int SET_ID = 06000;

  /** As this process was started, which cannot be taken back. */
  private static final class Own {
    static final LostRights RIGHTS =
        new LostRights(
            confined(),
            List.of(
                Path.of("/usr/local/bin"),
                Path.of("/usr/bin"),
                Path.of("/bin"),
                Path.of("/usr/sbin"),
                Path.of("/sbin")));

    private Own() {}
  }

  LostRights {
    directories = List.copyOf(directories);
  }

  static LostRights own() {
    return Own.RIGHTS;
  }

  private static boolean confined() {
    try (var lines = Files.lines(STATUS, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.matches("NoNewPrivs:\\s*1"));
    } catch (IOException _) {
      // No such system.
      return false;
    }
  }

  /**
   * The first program that a command names and that has lost rights. A word that only looks like a
   * program is taken for one.
   *
   * @param command a program's name, or a line for the shell
   */
  Optional<Path> program(String command) {
    if (!isConfined) {
      return Optional.empty();
    }
    return BETWEEN_WORDS
        .splitAsStream(command)
        .filter(word -> !word.isEmpty() && word.indexOf('\0') < 0)
        .flatMap(word ->
            word.startsWith("/")
                ? Stream.of(Path.of(word))
                : directories.stream().map(directory -> directory.resolve(word)))
        .filter(LostRights::isSetId)
        .findFirst();
  }

  private static boolean isSetId(Path file) {
    try {
      int mode = (int) Files.getAttribute(file, "unix:mode");
      return Files.isRegularFile(file) && (mode & SET_ID) != 0 && Files.isExecutable(file);
    } catch (IOException _) {
      return false;
    }
  }
}
