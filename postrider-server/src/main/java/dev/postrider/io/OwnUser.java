package dev.postrider.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who this process runs as, by the kernel's number: a name in the environment or in a system
 * property proves nothing, and root need not be called root. Functions only.
 */
public final class OwnUser {
  private static final Path STATUS = Path.of("/proc/thread-self/status");

  private OwnUser() {}

  /** The effective uid of the calling thread. */
  public static long uid() throws IOException {
    // Not the owner of /proc/self: that is root for a process that has changed its uid.
    if (Files.isReadable(STATUS)) {
      for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("Uid:")) {
          return Long.parseLong(line.split("\t")[2]);
        }
      }
    }
    // No such thing here: a file of our own tells as well.
    Path probe = Files.createTempFile("postrider-uid", null);
    try {
      return owner(probe);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  public static boolean isRoot() throws IOException {
    return uid() == 0;
  }

  /** Whether a file or directory is this process's user's. */
  public static boolean owns(Path file) throws IOException {
    return owner(file) == uid();
  }

  private static long owner(Path file) throws IOException {
    return Files.getAttribute(file, "unix:uid") instanceof Integer uid
        ? Integer.toUnsignedLong(uid)
        : -1;
  }
}
