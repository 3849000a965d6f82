package dev.postrider.secret;

import dev.postrider.io.FileFacts;
import dev.postrider.io.OwnUser;
import dev.postrider.io.PinnedFile;
import dev.postrider.io.ReadRights;
import dev.postrider.io.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Files with a secret in their first line. They are written so that nobody else could read them at
 * any moment, and so that a reader sees the old content or the new; they are not read if others
 * could read or exchange them. Functions only.
 */
public final class SecretFiles {
  private static final int MOST = 64 * 1024;
  private static final int OTHERS = 0007;
  private static final int GROUP_WRITES = 0020;
  private static final Set<PosixFilePermission> PRIVATE_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private SecretFiles() {}

  /** Reads one. */
  public static SecretAnswer read(Path path, ReadRights rights) {
    try {
      return rights.read(() -> opened(path, true));
    } catch (IOException e) {
      return new SecretAnswer.Unavailable(reason(path, e));
    }
  }

  /** Reads one whose rights are somebody else's business: systemd has made it. */
  static SecretAnswer readGiven(Path path, ReadRights rights) {
    try {
      return rights.read(() -> opened(path, false));
    } catch (IOException e) {
      return new SecretAnswer.Unavailable(reason(path, e));
    }
  }

  private static SecretAnswer opened(Path path, boolean strict) throws IOException {
    // Through a link the rights of the file itself count.
    Path real = path.toRealPath();
    try (PinnedFile file = PinnedFile.open(real)) {
      Optional<String> fault = strict ? fault(path, file.facts()) : Optional.empty();
      if (fault.isPresent()) {
        return new SecretAnswer.Unavailable(fault.get());
      }
      ByteBuffer content = ByteBuffer.allocate(MOST);
      int read = 0;
      while (content.hasRemaining() && read >= 0) {
        read = file.channel().read(content);
      }
      byte[] octets = new byte[content.position()];
      content.flip().get(octets);
      try {
        return new SecretAnswer.Found(Secret.firstLine(octets));
      } catch (IllegalArgumentException _) {
        return new SecretAnswer.Unavailable(
            path + ": the first line is empty: write the secret there (postrider secret set)");
      }
    }
  }

  /**
   * What is wrong with the rights of a file, and what mends it; empty if nothing is.
   *
   * @param facts of the file itself
   */
  static Optional<String> fault(Path path, FileFacts facts) throws IOException {
    if ((facts.mode() & OTHERS) != 0) {
      return Optional.of(path + ": everyone on this machine can read it: chmod 600 " + path);
    }
    if ((facts.mode() & GROUP_WRITES) != 0) {
      return Optional.of(path + ": its group can change it: chmod 600 " + path);
    }
    long own = OwnUser.uid();
    if (facts.uid() != 0 && facts.uid() != own && own != 0) {
      return Optional.of(
          path + ": it belongs to another user (uid " + facts.uid() + "): chown root " + path);
    }
    return Optional.empty();
  }

  /**
   * What is wrong with a file that holds a secret, and what mends it; empty if it can be used.
   *
   * @param path need not exist
   */
  public static Optional<String> fault(Path path) {
    try {
      FileFacts facts = FileFacts.of(path);
      return facts.regular() ? fault(path, facts) : Optional.of(path + ": it is no regular file");
    } catch (IOException e) {
      return Optional.of(reason(path, e));
    }
  }

  private static String reason(Path path, IOException e) {
    IOException cause = e.getCause() instanceof IOException inner ? inner : e;
    return switch (cause) {
      case NoSuchFileException _ ->
          path + ": there is no such file (postrider secret set writes it)";
      case AccessDeniedException _ ->
          path + ": may not be read: Permission denied (it must be root's or the mail system's)";
      default -> path + ": cannot be read: " + e.getMessage();
    };
  }

  /**
   * Writes one, with mode 0600 and the caller as its owner. The directory is made, with mode 0700,
   * if it is missing.
   *
   * @throws IOException if it cannot be written; the file is as it was then
   */
  public static void write(Path path, Secret secret) throws IOException {
    byte[] octets = secret.octets();
    byte[] line = new byte[octets.length + 1];
    System.arraycopy(octets, 0, line, 0, octets.length);
    line[octets.length] = '\n';
    Path directory = path.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PRIVATE_DIRECTORY));
    }
    WholeFile.replace(path, line);
  }
}
