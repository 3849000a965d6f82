package dev.postrider.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Stable storage as the spool needs it, so that tests can lose power at any step. Safe on any
 * thread. A created, renamed or deleted name is certain only after {@link #forceDirectory}.
 */
public interface Disk {
  /** Creates a file that must not exist, for reading and writing, readable by its owner only. */
  DiskFile create(Path file) throws IOException;

  /** Opens an existing file for reading and writing. */
  DiskFile open(Path file) throws IOException;

  /** Opens an existing file for reading. */
  DiskFile openToRead(Path file) throws IOException;

  /** Creates the directory and its parents; does nothing if it is there. */
  void createDirectories(Path directory) throws IOException;

  /** The names in a directory, sorted; empty if there is no such directory. */
  List<String> list(Path directory) throws IOException;

  void rename(Path from, Path to) throws IOException;

  /** Deletes the file; does nothing if there is none. */
  void delete(Path file) throws IOException;

  /** Returns when the directory's entries are on stable storage. */
  void forceDirectory(Path directory) throws IOException;

  /** Free bytes for this user. */
  long usableBytes(Path directory) throws IOException;

  /**
   * Takes the directory for this process, until the result is closed or the process ends.
   *
   * @throws DirectoryLock.HeldException if another process (or another part of this one) has it
   */
  Closeable lock(Path directory) throws IOException;
}
