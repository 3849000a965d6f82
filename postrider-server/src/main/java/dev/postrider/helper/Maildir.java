package dev.postrider.helper;

import dev.postrider.delivery.DeliveryFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoField;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes messages into maildirs: a file in {@code tmp}, forced, renamed into {@code new}, the
 * directory forced. Needs no locks. Runs with the rights of the thread that asks. Safe on any
 * thread.
 */
final class Maildir {
  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final String WORDS = "maildir delivery failed: ";

  private final InstantSource clock;
  private final AtomicLong sequence = new AtomicLong();

  Maildir(InstantSource clock) {
    this.clock = clock;
  }

  void add(MailboxRules rules, Path maildir, long largest, Payload payload) throws IOException {
    String host = rules.host().replace("/", "\\057").replace(":", "\\072");
    Instant now = clock.instant();
    Path temporary =
        maildir
            .resolve("tmp")
            .resolve(
                "%d.P%dQ%d.%s"
                    .formatted(
                        now.getEpochSecond(),
                        ProcessHandle.current().pid(),
                        sequence.incrementAndGet(),
                        host));
    try (FileChannel channel = create(temporary)) {
      boolean moved = false;
      try {
        copy(channel, largest == 0 ? Long.MAX_VALUE : largest, payload);
        move(temporary, maildir.resolve("new").resolve(name(temporary, now, host)));
        moved = true;
      } finally {
        if (!moved) {
          Files.deleteIfExists(temporary);
        }
      }
    }
  }

  private static String name(Path file, Instant now, String host) throws IOException {
    return "%d.V%xI%xM%d.%s"
        .formatted(
            now.getEpochSecond(),
            number(file, "unix:dev"),
            number(file, "unix:ino"),
            now.get(ChronoField.MICRO_OF_SECOND),
            host);
  }

  private static FileChannel create(Path temporary) throws DeliveryFailure {
    try {
      try {
        return open(temporary);
      } catch (NoSuchFileException _) {
        makeParent(temporary);
        markFolder(temporary);
        return open(temporary);
      }
    } catch (IOException e) {
      throw Trouble.opening(WORDS + "create maildir file " + temporary + ": ", e);
    }
  }

  /**
   * An IMAP server knows by an empty file that a directory with a dot is a folder of the maildir
   * that it is in (Maildir++), and leaves the quota to that.
   */
  private static void markFolder(Path temporary) throws IOException {
    Path maildir = temporary.resolveSibling("..").normalize();
    Path name = maildir.getFileName();
    if (name != null && name.toString().startsWith(".")) {
      try {
        Files.createFile(maildir.resolve("maildirfolder"), PRIVATE_FILE);
      } catch (FileAlreadyExistsException _) {
        // Only tmp was missing.
      }
    }
  }

  private static FileChannel open(Path temporary) throws IOException {
    return FileChannel.open(
        temporary, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), PRIVATE_FILE);
  }

  private static void copy(FileChannel channel, long left, Payload payload) throws DeliveryFailure {
    LimitedOutput out = new LimitedOutput(channel, left, (_, _) -> {});
    try {
      payload.writeTo(out);
      out.finish();
    } catch (IOException e) {
      IOException writing = out.failure();
      throw writing == null ? Trouble.reading(WORDS, e) : Trouble.writing(WORDS, writing);
    }
    try {
      channel.force(true);
    } catch (IOException e) {
      throw Trouble.writing(WORDS, e);
    }
  }

  private static void move(Path temporary, Path target) throws DeliveryFailure {
    try {
      try {
        Files.move(temporary, target);
      } catch (NoSuchFileException _) {
        makeParent(target);
        makeParent(target.resolveSibling("../cur/x").normalize());
        Files.move(temporary, target);
      }
      Path directory = target.toAbsolutePath().getParent();
      if (directory != null) {
        try (FileChannel channel = FileChannel.open(directory)) {
          channel.force(true);
        }
      }
    } catch (IOException e) {
      throw Trouble.opening(WORDS + "create maildir file " + target + ": ", e);
    }
  }

  private static void makeParent(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory, PRIVATE_DIRECTORY);
    }
  }

  private static long number(Path file, String attribute) throws IOException {
    return Files.getAttribute(file, attribute) instanceof Number number ? number.longValue() : 0;
  }
}
