package dev.postrider.mailbox;

import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Where the journal of a rewrite lies. Functions only. */
final class RewriteJournals {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private RewriteJournals() {}

  /** Beside the mailbox if this user may make files there, else in the home directory. */
  static Path place(Path mailbox, Path home) {
    Path beside = beside(mailbox);
    return Files.isWritable(beside.toAbsolutePath().getParent()) ? beside : atHome(mailbox, home);
  }

  /** One that was left, or null. A file that another user could have put there is none. */
  static @Nullable Path left(Path mailbox, Path home) throws IOException {
    for (Path journal : new Path[] {beside(mailbox), atHome(mailbox, home)}) {
      if (Files.isRegularFile(journal, LinkOption.NOFOLLOW_LINKS)
          && isTrusted(journal, mailbox)
          && Files.getPosixFilePermissions(journal, LinkOption.NOFOLLOW_LINKS).equals(PRIVATE)) {
        return journal;
      }
    }
    return null;
  }

  /** Of this user, or of the mailbox's owner, who may do with it what the journal says anyway. */
  private static boolean isTrusted(Path journal, Path mailbox) throws IOException {
    return OwnUser.owns(journal)
        || Files.getOwner(journal, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(mailbox));
  }

  /** Gives a journal to the mailbox's owner, who is to find it if this program, as root, dies. */
  static void handOver(Path journal, Path mailbox) throws IOException {
    if (Files.exists(mailbox) && !OwnUser.owns(mailbox) && OwnUser.isRoot()) {
      Path _ = Files.setOwner(journal, Files.getOwner(mailbox));
    }
  }

  static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PRIVATE));
  }

  static void forceDirectory(Path file) throws IOException {
    try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
      directory.force(true);
    } catch (FileSystemException e) {
      // A directory that may be written but not read: the name waits for the system's own sync.
    }
  }

  private static Path beside(Path mailbox) {
    return mailbox.resolveSibling("." + mailbox.getFileName() + ".rewrite");
  }

  private static Path atHome(Path mailbox, Path home) {
    CRC32C sum = new CRC32C();
    sum.update(mailbox.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8));
    return home.resolve(".%s-%08x.rewrite".formatted(mailbox.getFileName(), sum.getValue()));
  }
}
