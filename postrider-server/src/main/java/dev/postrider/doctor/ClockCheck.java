package dev.postrider.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Whether the clock can be right, as far as this machine's own files tell. Asks no network. */
final class ClockCheck implements Check {
  private static final Duration TOLERANCE = Duration.ofMinutes(2);
  private static final String MEND = "timedatectl set-ntp true, or: date -s 'YYYY-MM-DD HH:MM'";
  private static final String FOLLOWS =
      "certificates seem not valid yet or expired, and recipients take mail for spam";

  private final Subject subject;
  private final InstantSource clock;
  private final Instant built;

  /**
   * @param built when the program was made: it cannot be earlier
   */
  ClockCheck(Subject subject, InstantSource clock, Instant built) {
    this.subject = subject;
    this.clock = clock;
    this.built = built;
  }

  @Override
  public Area area() {
    return Area.SYSTEM;
  }

  @Override
  public String subject() {
    return "the clock";
  }

  @Override
  public List<Finding> look() throws IOException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    if (now.isBefore(built.minus(Duration.ofDays(1)))) {
      return List.of(
          Finding.error(
              "clock-behind",
              "the clock says " + now + ", and this program was made at " + built,
              FOLLOWS,
              MEND));
    }
    Path log = Path.of(subject.config().text("maillog_file"));
    for (Path file : List.of(log, newest(subject.queueDirectory().resolve("spool")))) {
      if (!file.toString().isEmpty() && Files.isRegularFile(file)) {
        Instant written = Files.getLastModifiedTime(file).toInstant();
        if (written.isAfter(now.plus(TOLERANCE))) {
          return List.of(
              Finding.error(
                  "clock-behind",
                  "the clock says %s, and %s was written at %s"
                      .formatted(now, file, written.truncatedTo(ChronoUnit.SECONDS)),
                  FOLLOWS,
                  MEND));
        }
      }
    }
    return List.of(Finding.ok("clock", "the clock says " + now + ", which can be"));
  }

  /** The newest file of a directory; the empty path if there is none. */
  private static Path newest(Path directory) throws IOException {
    Path newest = Path.of("");
    long latest = Long.MIN_VALUE;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        long time = Files.getLastModifiedTime(file).toMillis();
        if (time > latest && Files.isRegularFile(file)) {
          latest = time;
          newest = file;
        }
      }
    } catch (NoSuchFileException | AccessDeniedException _) {
      // Never started, a segment that has just gone, or a user: the log may tell.
      return newest;
    }
    return newest;
  }
}
