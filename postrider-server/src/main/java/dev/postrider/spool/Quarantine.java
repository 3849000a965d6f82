package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Where damaged bytes go, for a person or a later program to look at. */
final class Quarantine {
  /** Ends the name of what was probably an unfinished write and not damage. */
  static final String TAIL = ".tail";

  private static final String UNFINISHED = ".unfinished";
  private static final int PART = 64 << 10;

  /** More unfinished writes than this are not kept: they are the common end of a power cut. */
  private static final int MOST_TAILS = 8;

  private final Disk disk;
  private final Path directory;

  Quarantine(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /** Whether the file of that name is there because of damage. */
  static boolean isDamage(String name) {
    return !name.endsWith(TAIL) && !name.endsWith(UNFINISHED);
  }

  /**
   * Copies a part of a file, once: a second start finds the copy.
   *
   * @return whether it was not there before
   */
  private boolean copy(String name, DiskFile from, long start, long end) throws IOException {
    disk.createDirectories(directory);
    if (disk.list(directory).contains(name)) {
      return false;
    }
    Path unfinished = directory.resolve(name + UNFINISHED);
    disk.delete(unfinished);
    try (DiskFile copy = disk.create(unfinished)) {
      ByteBuffer part = ByteBuffer.allocate(PART);
      for (long at = start; at < end; at += PART) {
        part.clear();
        part.limit((int) Math.min(PART, end - at));
        int count = from.read(part, at);
        if (count == 0) {
          break;
        }
        part.flip();
        copy.write(part, at - start);
      }
      copy.force();
    }
    disk.rename(unfinished, directory.resolve(name));
    disk.forceDirectory(directory);
    return true;
  }

  /**
   * Copies damaged bytes and says so. A disk that takes no copy must not stop the queue.
   *
   * @return whether there is a copy
   */
  boolean take(Path source, DiskFile from, long start, long end, MailLog log) {
    try {
      if (copy(name(source, start, end), from, start, end)) {
        log.warning(
            "spool",
            "%s: bytes %d to %d are damaged: copied to quarantine, the rest of the queue goes on"
                .formatted(source, start, end));
      }
      return true;
    } catch (IOException e) {
      log.warning(
          "spool",
          "%s: bytes %d to %d are damaged, and cannot be copied to quarantine: %s"
              .formatted(source, start, end, e.getMessage()));
      return false;
    }
  }

  /** Copies what is about to be cut off, and forgets the oldest copies of that kind. */
  void copyTail(Path source, DiskFile from, long start, long end) throws IOException {
    boolean _ = copy(name(source, start, end) + TAIL, from, start, end);
    List<String> tails = disk.list(directory).stream().filter(name -> name.endsWith(TAIL)).toList();
    for (String old : tails.subList(0, Math.max(0, tails.size() - MOST_TAILS))) {
      disk.delete(directory.resolve(old));
    }
  }

  /**
   * Moves a whole file.
   *
   * @param suffix to its name
   */
  void move(Path file, String suffix) throws IOException {
    disk.createDirectories(directory);
    disk.rename(file, directory.resolve(fileName(file) + suffix));
    disk.forceDirectory(directory);
  }

  private static String name(Path source, long start, long end) {
    return fileName(source) + "." + start + "-" + end;
  }

  private static String fileName(Path file) {
    Path name = file.getFileName();
    return name == null ? "unnamed" : name.toString();
  }
}
