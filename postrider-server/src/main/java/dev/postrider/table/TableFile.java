package dev.postrider.table;

import dev.postrider.io.ActingAs;
import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a compiled file so that a reader sees the old one or the new one and never a part: into a
 * temporary file beside it, forced, renamed. For one thread.
 */
public final class TableFile {
  /**
   * Who a new file belongs to and who may read it.
   *
   * @param uid of the source
   * @param gid of the source
   * @param permissions never wider than the source's
   * @param actAsOwner whether root takes the owner's identity to write
   */
  public record Ownership(
      long uid, long gid, Set<PosixFilePermission> permissions, boolean actAsOwner) {
    public Ownership {
      permissions = Set.copyOf(permissions);
    }

    /** As Postfix's postmap has it: mode 644 without what the source denies to group and others. */
    public static Ownership ofSource(Path source, boolean savePermissions, boolean actAsOwner)
        throws IOException {
      Set<PosixFilePermission> permissions =
          EnumSet.copyOf(PosixFilePermissions.fromString("rw-r--r--"));
      if (savePermissions && Files.isRegularFile(source)) {
        Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(source);
        permissions.removeIf(one -> !OWNER.contains(one) && !allowed.contains(one));
      }
      return new Ownership(id(source, "unix:uid"), id(source, "unix:gid"), permissions, actAsOwner);
    }
  }

  private static final Set<PosixFilePermission> OWNER =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private static final long SELF = -1;

  private TableFile() {}

  /**
   * Writes the file.
   *
   * @return where a file of another program that had the name is kept now, or null
   * @throws IOException when it cannot be written; the old file is untouched then
   */
  public static @Nullable Path write(
      Path file, Kind kind, Map<String, String> entries, Ownership ownership)
      throws IOException, InterruptedException {
    byte[] bytes = CompiledTable.compile(kind, entries);
    boolean other =
        ownership.actAsOwner()
            && ownership.uid() != SELF
            && ownership.uid() != 0
            && id(Path.of("/proc/self"), "unix:uid") == 0;
    if (!other) {
      return writeHere(file, bytes, ownership.permissions());
    }
    return ActingAs.ofCaller()
        .run(
            ownership.uid(),
            ownership.gid(),
            List.of(ownership.gid()),
            () -> java.util.Optional.ofNullable(writeHere(file, bytes, ownership.permissions())))
        .orElse(null);
  }

  private static @Nullable Path writeHere(
      Path file, byte[] bytes, Set<PosixFilePermission> permissions) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path temporary =
        file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    boolean renamed = false;
    try {
      Files.deleteIfExists(temporary);
      try (FileChannel out =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
              PosixFilePermissions.asFileAttribute(narrowed(file, permissions)))) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      @Nullable Path kept = keepForeign(file);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      renamed = true;
      if (directory != null) {
        try (FileChannel names = FileChannel.open(directory)) {
          names.force(true);
        }
      }
      return kept;
    } finally {
      if (!renamed) {
        Files.deleteIfExists(temporary);
      }
    }
  }

  /** Somebody who took rights from the compiled file by hand does not lose that. */
  private static Set<PosixFilePermission> narrowed(Path file, Set<PosixFilePermission> permissions)
      throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return permissions;
    }
    Set<PosixFilePermission> both = EnumSet.copyOf(permissions);
    Set<PosixFilePermission> before = Files.getPosixFilePermissions(file);
    both.removeIf(one -> !OWNER.contains(one) && !before.contains(one));
    return both;
  }

  /** Gives a file that another program wrote another name, so that nothing of it is lost. */
  private static @Nullable Path keepForeign(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) == 0 || CompiledTable.isOurs(file)) {
      return null;
    }
    Path kept = file.resolveSibling(file.getFileName() + ".bak");
    try {
      Files.createLink(kept, file);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          file
              + " was written by another program and "
              + kept
              + " exists already; move one of them away, then try again",
          e);
    }
    return kept;
  }

  private static long id(Path file, String attribute) throws IOException {
    try {
      return Files.getAttribute(file, attribute) instanceof Integer id
          ? Integer.toUnsignedLong(id)
          : SELF;
    } catch (UnsupportedOperationException | java.nio.file.NoSuchFileException e) {
      return SELF;
    }
  }
}
