package dev.postrider.virtual;

import dev.postrider.helper.Identity;
import java.nio.file.Path;

/** What the tables say of a recipient. */
sealed interface Place {
  /**
   * A mailbox.
   *
   * @param path absolute and without {@code ..}
   * @param maildir whether it is a maildir, else an mbox
   * @param owner whose files these are
   */
  record Mailbox(Path path, boolean maildir, Identity owner) implements Place {}

  /** The recipient is in no table, and the tables are sure of it. */
  record Nowhere() implements Place {}

  /**
   * The tables do not answer, or not with anything that can be used: the mail waits.
   *
   * @param reason for the log, naming parameter, recipient and remedy
   */
  record Unusable(String reason) implements Place {}
}
