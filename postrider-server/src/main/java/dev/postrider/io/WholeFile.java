package dev.postrider.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes files that are whole or as they were, also after a power cut. Safe on any thread. */
public final class WholeFile {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private WholeFile() {}

  /**
   * Gives a file its contents. A link is followed: what it leads to is the file.
   *
   * @param mode of a new file; one that is there keeps mode, owner and group
   */
  public static void write(Path file, byte[] contents, Set<PosixFilePermission> mode)
      throws IOException {
    boolean exists = Files.exists(file);
    Path place = exists ? file.toRealPath() : file.toAbsolutePath();
    Path directory = directory(file, place);
    Path fresh = fresh(place, directory);
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        writeAll(channel, contents);
        if (exists) {
          keepAttributes(place, fresh);
        } else {
          Files.setPosixFilePermissions(fresh, mode);
        }
        channel.force(true);
      }
      Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
    force(directory);
  }

  /**
   * Puts a file there whose contents nobody but the caller may read, at no moment; what was there
   * is replaced, a link too.
   *
   * @throws IOException if it cannot be written; the file is as it was then
   */
  public static void replace(Path file, byte[] contents) throws IOException {
    Path place = file.toAbsolutePath();
    Path directory = directory(file, place);
    Path fresh = fresh(place, directory);
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        writeAll(channel, contents);
        channel.force(true);
      }
      Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
    force(directory);
  }

  private static Path directory(Path file, Path place) throws IOException {
    Path directory = place.getParent();
    if (directory == null) {
      throw new IOException(file + ": that is no name of a file");
    }
    return directory;
  }

  private static Path fresh(Path place, Path directory) throws IOException {
    return Files.createTempFile(
        directory,
        "." + place.getFileName(),
        ".new",
        PosixFilePermissions.asFileAttribute(PRIVATE));
  }

  private static void writeAll(FileChannel channel, byte[] contents) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(contents);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  private static void keepAttributes(Path old, Path fresh) throws IOException {
    PosixFileAttributes before =
        Files.readAttributes(old, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    if (!now.group().equals(before.group())) {
      view.setGroup(before.group());
    }
    if (!now.owner().equals(before.owner())) {
      view.setOwner(before.owner());
    }
    view.setPermissions(before.permissions());
  }

  /** Takes a file away for good. */
  public static void delete(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (Files.deleteIfExists(file) && directory != null) {
      force(directory);
    }
  }

  /** Makes the names in a directory last. */
  public static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
