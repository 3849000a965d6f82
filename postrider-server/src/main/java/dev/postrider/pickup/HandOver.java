package dev.postrider.pickup;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;

/**
 * The few facts of main.cf that the sendmail shell script needs, in a file beside main.cf that a
 * shell reads line by line and never executes:
 *
 * <pre>
 *   postrider-handover 2
 *   the maildrop directory
 *   message_size_limit in bytes; 0 for none
 *   sync | dd              the program that forces a file to disk
 *   yes | no               postrider_autostart
 *   the directory that says whether a daemon runs
 *   end
 * </pre>
 *
 * Who changes main.cf makes it older than main.cf; the script then starts the Java command, which
 * does the same and writes the file anew where it may. Functions only.
 */
public final class HandOver {
  /** Its name in the configuration directory. */
  public static final String FILE = ".postrider-handover";

  private static final String MAGIC = "postrider-handover 2";

  private HandOver() {}

  /** Whether the file of a configuration directory is there and newer than main.cf. */
  public static boolean isCurrent(Path configDirectory) {
    try {
      return Files.getLastModifiedTime(configDirectory.resolve(FILE))
              .compareTo(Files.getLastModifiedTime(configDirectory.resolve("main.cf")))
          > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Writes the file, or removes it where the script must not submit on its own. Atomic: a script
   * that runs meanwhile sees the old file or the new one.
   *
   * @throws IOException if the configuration directory cannot be written; the script then starts
   *     Java each time, which is slower and nothing worse
   */
  public static void refresh(Config config) throws IOException {
    Path file = config.directory().resolve(FILE);
    List<String> lines = lines(config);
    if (lines.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    Path fresh = Files.createTempFile(config.directory(), FILE, ".new");
    try {
      Files.write(fresh, lines, StandardCharsets.UTF_8);
      // Every user's sendmail reads it; it holds nothing that main.cf does not show them.
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /**
   * Reads main.cf and does {@link #refresh}, where that is only a courtesy: a directory that is not
   * ours is left. Read anew, because a caller's snapshot may be as old as the message it waited
   * for, and old facts in a new file would be believed.
   */
  public static void refreshIfAllowed(Path configDirectory) {
    Path main = configDirectory.resolve("main.cf");
    try {
      if (Files.isWritable(configDirectory)) {
        if (!Files.exists(main)) {
          // It was taken away, and what was made of it with it.
          Files.deleteIfExists(configDirectory.resolve(FILE));
          return;
        }
        FileTime before = Files.getLastModifiedTime(main);
        refresh(Config.load(configDirectory));
        if (!Files.getLastModifiedTime(main).equals(before)) {
          Files.deleteIfExists(configDirectory.resolve(FILE));
        }
      }
    } catch (IOException | ConfigException e) {
      // Nothing is lost: sendmail starts Java while there is no current file.
    }
  }

  private static List<String> lines(Config config) {
    Maildrop maildrop = Maildrop.of(config);
    String directory = maildrop.directory().toString();
    if (!SubmitUsers.isAnyone(config) || directory.indexOf('\n') >= 0) {
      return List.of();
    }
    return List.of(
        MAGIC,
        directory,
        Long.toString(maildrop.sizeLimit()),
        force(),
        config.flag("postrider_autostart") ? "yes" : "no",
        config.text("queue_directory") + "/pid",
        "end");
  }

  /** GNU and busybox sync force one file; the sync of others forces nothing or everything. */
  private static String force() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return system.startsWith("linux") ? "sync" : "dd";
  }
}
