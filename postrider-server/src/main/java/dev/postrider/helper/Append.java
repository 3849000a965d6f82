package dev.postrider.helper;

import java.nio.file.Path;

/**
 * Adds octets to the end of a file, all or none: an mbox, or a file that an alias names.
 *
 * @param file absolute; made if it is missing, its directory is not
 * @param kind whose file it is, which decides the words of a failure, the locks and the limit
 */
public record Append(Path file, Kind kind) {
  /** What the file is. */
  public enum Kind {
    /** The mailbox of the identity, in mail_spool_directory: its group may be needed to lock it. */
    SPOOL_MAILBOX,
    /** A mailbox elsewhere: home_mailbox. */
    MAILBOX,
    /** {@code /file/name} of an alias or a .forward file. */
    FILE,
    /** A mailbox of virtual_mailbox_maps. */
    VIRTUAL_MAILBOX
  }
}
