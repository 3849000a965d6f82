package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Where recovery puts what it cannot read, for a person or a later program to look at. */
final class Quarantine {
  private static final int PART = 64 << 10;

  private final Disk disk;
  private final Path directory;

  Quarantine(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /**
   * Copies a part of a file, once: a second start finds the copy.
   *
   * @return whether it was not there before
   */
  boolean copy(Path source, DiskFile from, long start, long end) throws IOException {
    disk.createDirectories(directory);
    String name = fileName(source) + "." + start + "-" + end;
    if (disk.list(directory).contains(name)) {
      return false;
    }
    Path unfinished = directory.resolve(name + ".unfinished");
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

  /** Moves a whole file. */
  void move(Path file) throws IOException {
    disk.createDirectories(directory);
    disk.rename(file, directory.resolve(fileName(file)));
    disk.forceDirectory(directory);
  }

  private static String fileName(Path file) {
    Path name = file.getFileName();
    return name == null ? "unnamed" : name.toString();
  }
}
