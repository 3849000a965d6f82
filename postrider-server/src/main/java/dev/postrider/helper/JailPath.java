package dev.postrider.helper;

import dev.postrider.delivery.DeliveryFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Which directories may be a command's root directory: those that nobody but root can change or
 * exchange. In any other a user could put files that a set-uid program takes for the system's own.
 * Functions only.
 */
final class JailPath {
  private static final int OTHERS_WRITE = 0022;
  private static final int STICKY = 01000;
  private static final int KIND = 0170000;
  private static final int DIRECTORY = 0040000;

  private JailPath() {}

  /**
   * Looks at each directory from {@code /} on. What passes stays as it is, but for root.
   *
   * @throws DeliveryFailure 4.3.0, naming the directory that is not fit and why
   */
  static void check(Path root) throws DeliveryFailure {
    if (!root.isAbsolute() || !root.equals(root.normalize())) {
      throw refusal(root, root, "is no absolute path without . and .. in it");
    }
    Path at = root.getRoot();
    check(root, at);
    for (Path name : root) {
      at = at.resolve(name);
      check(root, at);
    }
  }

  private static void check(Path root, Path at) throws DeliveryFailure {
    int mode;
    int owner;
    try {
      Map<String, Object> found =
          Files.readAttributes(at, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
      mode = (Integer) Objects.requireNonNull(found.get("mode"));
      owner = (Integer) Objects.requireNonNull(found.get("uid"));
    } catch (IOException e) {
      throw refusal(root, at, "cannot be looked at: " + e);
    }
    if ((mode & KIND) != DIRECTORY) {
      throw refusal(root, at, "is no directory (name it without symbolic links)");
    }
    if (owner != 0) {
      throw refusal(root, at, "does not belong to root (chown root " + at + ")");
    }
    // In a sticky directory nobody can exchange what is root's.
    boolean sticky = (mode & STICKY) != 0 && !at.equals(root);
    if ((mode & OTHERS_WRITE) != 0 && !sticky) {
      throw refusal(root, at, "can be written by others than root (chmod go-w " + at + ")");
    }
  }

  private static DeliveryFailure refusal(Path root, Path at, String why) {
    return new DeliveryFailure(
        "4.3.0", "cannot change the root directory to " + root + ": " + at + " " + why);
  }
}
