package dev.postrider.helper;

import dev.postrider.io.FileFacts;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * With which numbers a mailbox in mail_spool_directory is locked, made and written, which depends
 * on who may make files there, as Postfix sees it: everybody, a group, or root alone. Immutable.
 *
 * @param uid the user's own, or root's
 * @param gid the user's own, or the directory's
 */
record SpoolPlace(long uid, long gid) {
  private static final int GROUP_MAY_WRITE = 020;
  private static final int OTHERS_MAY_WRITE = 02;
  private static final int PERMISSIONS = 0777;
  private static final int PRIVATE = 0600;

  /** For the mailbox of a user. */
  static SpoolPlace of(Path spool, Path mailbox, Identity owner) {
    SpoolPlace own = new SpoolPlace(owner.uid(), owner.gid());
    FileFacts facts;
    try {
      facts = FileFacts.of(spool);
    } catch (IOException _) {
      return own;
    }
    if ((facts.mode() & OTHERS_MAY_WRITE) != 0) {
      return own;
    }
    if ((facts.mode() & GROUP_MAY_WRITE) != 0) {
      return new SpoolPlace(owner.uid(), facts.gid());
    }
    // Only for the one file that is the user's, where nobody but root can put another in its place.
    boolean isOwn =
        !owner.user().isEmpty()
            && !owner.user().contains("/")
            && mailbox.equals(spool.resolve(owner.user()));
    return facts.uid() == 0 && isOwn ? new SpoolPlace(0, owner.gid()) : own;
  }

  /**
   * Makes the mailbox that its user could not make, and gives it to the user; with root's rights.
   */
  static void provide(Path mailbox, Identity owner) throws IOException {
    FileFacts found;
    try {
      found = FileFacts.of(mailbox, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      try {
        Files.newByteChannel(
                mailbox,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
            .close();
      } catch (FileAlreadyExistsException _) {
        // By another thread, in this moment.
      }
      found = FileFacts.of(mailbox, LinkOption.NOFOLLOW_LINKS);
    }
    boolean justMade =
        found.regular()
            && found.uid() == 0
            && found.size() == 0
            && found.links() == 1
            && (found.mode() & PERMISSIONS) == PRIVATE;
    if (justMade) {
      // Now, or by a process that was killed before it came to this.
      Files.setAttribute(mailbox, "unix:gid", (int) owner.gid(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(mailbox, "unix:uid", (int) owner.uid(), LinkOption.NOFOLLOW_LINKS);
    }
  }
}
