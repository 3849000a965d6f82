package dev.postrider.helper;

import dev.postrider.config.Config;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds octets to the end of a file, all or none: an mbox, or a file that an alias names.
 *
 * @param file absolute; made if it is missing, its directory only for {@link Kind#FOLDER}
 * @param kind whose file it is, which decides the words of a failure, the locks and the limit
 * @param terms of the service that asks, or null where main.cf says it all
 */
public record Append(Path file, Kind kind, @Nullable Terms terms) {
  /** Without terms of its own. */
  public Append(Path file, Kind kind) {
    this(file, kind, null);
  }

  /**
   * What a line of master.cf may say of a mailbox of virtual_mailbox_maps; of no other file do they
   * count.
   *
   * @param largest octets that it may grow to; 0 is no limit
   * @param dotlock whether it is locked by a file beside it
   * @param kernel whether it is locked by fcntl(2)
   * @param strictOwner whether it must be its user's. Where main.cf asks for that, it is so
   *     whatever stands here: who asks may be stricter than root's file, not laxer
   */
  public record Terms(long largest, boolean dotlock, boolean kernel, boolean strictOwner) {
    /** Those of the configuration of a service. */
    public static Terms of(Config config) {
      List<String> locks = config.list("virtual_mailbox_lock");
      return new Terms(
          config.size("virtual_mailbox_limit"),
          locks.contains("dotlock"),
          locks.contains("fcntl") || locks.contains("flock"),
          config.flag("strict_mailbox_ownership"));
    }
  }

  /** What the file is. */
  public enum Kind {
    /** The mailbox of the identity, in mail_spool_directory: its group may be needed to lock it. */
    SPOOL_MAILBOX,
    /** A mailbox elsewhere: home_mailbox. */
    MAILBOX,
    /** A folder of the identity beside its mailbox; its directory is made if it is missing. */
    FOLDER,
    /** {@code /file/name} of an alias or a .forward file. */
    FILE,
    /** A mailbox of virtual_mailbox_maps. */
    VIRTUAL_MAILBOX
  }
}
