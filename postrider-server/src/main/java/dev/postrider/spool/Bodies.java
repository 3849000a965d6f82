package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The files of bodies too large for a segment. Safe on any thread. */
final class Bodies {
  private static final String SUFFIX = ".body";

  private final Disk disk;
  private final Path directory;
  private final MailLog log;

  Bodies(Disk disk, Path directory, MailLog log) {
    this.log = log;
    this.disk = disk;
    this.directory = directory;
  }

  DiskFile create(long id) throws IOException {
    return disk.create(file(id));
  }

  DiskFile open(long id) throws IOException {
    return disk.openToRead(file(id));
  }

  /** Returns when the names of all files that were created are certain. */
  void forceNames() throws IOException {
    disk.forceDirectory(directory);
  }

  /** Deletes a body nobody needs; if that fails, the next start does it. */
  void discard(long id) {
    try {
      disk.delete(file(id));
    } catch (IOException e) {
      log.warning("spool", "cannot delete " + file(id) + " (no longer needed): " + e.getMessage());
    }
  }

  /** All ids that have a file. */
  List<Long> ids() throws IOException {
    return disk.list(directory).stream()
        .filter(name -> name.length() == 16 + SUFFIX.length() && name.endsWith(SUFFIX))
        .map(name -> Long.parseUnsignedLong(name.substring(0, 16), 16))
        .toList();
  }

  Path file(long id) {
    return directory.resolve("%016x".formatted(id) + SUFFIX);
  }
}
