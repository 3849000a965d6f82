package dev.postrider.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who this process runs as. Stateless. */
final class OwnUser {
  private OwnUser() {}

  /** The effective uid: the owner of a file that this process makes. */
  static long uid() {
    try {
      Path probe = Files.createTempFile("postrider-uid", null);
      try {
        return Files.getAttribute(probe, "unix:uid") instanceof Integer uid
            ? Integer.toUnsignedLong(uid)
            : -1;
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot find out the own uid", e);
    }
  }
}
