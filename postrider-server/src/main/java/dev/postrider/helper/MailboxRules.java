package dev.postrider.helper;

import dev.postrider.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What main.cf says of writing mailboxes. Immutable.
 *
 * @param attempts how often a lock is tried, at least once
 * @param pause between two tries
 * @param stale the age at which a lock file is taken to be left over
 * @param locks for a mailbox of this machine's users, and for files
 * @param virtualLocks for a mailbox of virtual_mailbox_maps
 * @param largest octets that a file may grow to; 0 is no limit
 * @param virtualLargest the same for a mailbox of virtual_mailbox_maps
 * @param virtualMinimumUid the smallest number that a user of such a mailbox may have
 * @param strictOwner whether a mailbox must be its user's
 * @param spoolDirectory where the mailboxes of this machine's users are
 * @param host in the names of files in a maildir
 */
record MailboxRules(
    int attempts,
    Duration pause,
    Duration stale,
    Locks locks,
    Locks virtualLocks,
    long largest,
    long virtualLargest,
    long virtualMinimumUid,
    boolean strictOwner,
    Path spoolDirectory,
    String host) {
  /**
   * Ways to lock a mailbox.
   *
   * @param dotlock a file with {@code .lock} at the end of its name
   * @param kernel the lock of fcntl(2), which also stands for flock(2) here
   */
  record Locks(boolean dotlock, boolean kernel) {
    private static Locks of(List<String> names) {
      return new Locks(
          names.contains("dotlock"), names.contains("fcntl") || names.contains("flock"));
    }
  }

  static MailboxRules of(Config config) {
    return new MailboxRules(
        config.number("deliver_lock_attempts"),
        config.time("deliver_lock_delay"),
        config.time("stale_lock_time"),
        Locks.of(config.list("mailbox_delivery_lock")),
        Locks.of(config.list("virtual_mailbox_lock")),
        config.size("mailbox_size_limit"),
        config.size("virtual_mailbox_limit"),
        config.number("virtual_minimum_uid"),
        config.flag("strict_mailbox_ownership"),
        Path.of(config.text("mail_spool_directory")),
        config.text("myhostname"));
  }

  /** These rules under the terms of a service. */
  MailboxRules under(Append to) {
    Append.Terms terms = to.terms();
    if (terms == null || to.kind() != Append.Kind.VIRTUAL_MAILBOX) {
      return this;
    }
    return new MailboxRules(
        attempts,
        pause,
        stale,
        locks,
        new Locks(terms.dotlock(), terms.kernel()),
        largest,
        Math.max(0, terms.largest()),
        virtualMinimumUid,
        strictOwner || terms.strictOwner(),
        spoolDirectory,
        host);
  }

  Locks locks(Append.Kind kind) {
    return kind == Append.Kind.VIRTUAL_MAILBOX ? virtualLocks : locks;
  }

  long largest(Append.Kind kind) {
    return kind == Append.Kind.VIRTUAL_MAILBOX ? virtualLargest : largest;
  }
}
