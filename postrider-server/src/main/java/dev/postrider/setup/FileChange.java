package dev.postrider.setup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * One file as it is and as it is to be. Immutable.
 *
 * <p>Prints without its contents, which may be a secret.
 */
final class FileChange {
  private static final Set<PosixFilePermission> PUBLIC =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;
  private final byte[] before;
  private final boolean exists;
  private final byte[] after;
  private final boolean secret;

  private FileChange(Path file, Optional<byte[]> before, byte[] after, boolean secret) {
    this.file = file;
    this.before = before.map(byte[]::clone).orElse(new byte[0]);
    this.exists = before.isPresent();
    this.after = after.clone();
    this.secret = secret;
  }

  /** Of a file that anybody may read. */
  static FileChange of(Path file, Optional<byte[]> before, String after) {
    return new FileChange(file, before, after.getBytes(StandardCharsets.ISO_8859_1), false);
  }

  /** Of a file that only its owner may read, and that is never shown. */
  static FileChange secret(Path file, Optional<byte[]> before, byte[] after) {
    return new FileChange(file, before, after, true);
  }

  Path file() {
    return file;
  }

  /** What it has now; nothing if it is not there. */
  Optional<byte[]> before() {
    return exists ? Optional.of(before.clone()) : Optional.empty();
  }

  byte[] after() {
    return after.clone();
  }

  boolean isSecret() {
    return secret;
  }

  boolean isNothing() {
    return exists && Arrays.equals(before, after);
  }

  /** For a file that is new; one that is there keeps its own. */
  Set<PosixFilePermission> mode() {
    return secret ? PRIVATE : PUBLIC;
  }

  @Override
  public String toString() {
    return (exists ? "change of " : "new ") + file;
  }
}
