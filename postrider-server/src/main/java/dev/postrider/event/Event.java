package dev.postrider.event;

import dev.postrider.spool.QueueId;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing that happened, to a message or to the log itself. Immutable. */
public sealed interface Event {
  /** How the log's last writer ended, as its next one finds it. */
  enum Previous {
    /** There was none. */
    NONE,
    /** As it should: all its events are there. */
    STOPPED,
    /** Its last events may be missing. */
    CRASHED,
    /** The log was switched off in between: anything may be missing. */
    OFF
  }

  /**
   * Somebody opened the queue to change it: the daemon, or postsuper while none runs.
   *
   * @param program who
   */
  record Started(String program, String version, long pid, Previous previous) implements Event {}

  /** The queue was closed; all events before are written. */
  record Stopped() implements Event {}

  /** From here on events are not recorded, until the next start. */
  record SwitchedOff() implements Event {}

  /** Events that could not be written. */
  record Lost(long count) implements Event {}

  /** At its start the spool found records that it cannot read, and put copies into quarantine. */
  record Damage(long places) implements Event {}

  /**
   * A message was stored, durably: responsibility for it was taken.
   *
   * @param from where it came from
   * @param sender external form, empty for the null sender
   * @param recipients how many
   * @param to the first of them, at most {@link #MOST_NAMED}
   * @param size of the content in bytes
   * @param messageId with its brackets as the header has it; empty if it has none
   */
  record Accepted(
      QueueId id,
      Source from,
      String sender,
      int recipients,
      List<String> to,
      long size,
      String messageId)
      implements Event {
    /** So that one message cannot make a line of megabytes. */
    public static final int MOST_NAMED = 10;

    public Accepted {
      to = List.copyOf(to);
    }
  }

  /** Where a message came from. */
  sealed interface Source {
    /** An SMTP client. */
    record Client(String name, String address, String protocol, @Nullable String login)
        implements Source {}

    /** A program on this machine. */
    record User(long uid, String login) implements Source {}

    /** The queue: another message, which this one stands for from now on. */
    record Requeued(long uid, String previous) implements Source {}

    /**
     * Another queue, with what had become of it there.
     *
     * @param previous its id there
     * @param done who needs no further attempt
     */
    record Imported(long uid, String previous, BitSet done) implements Source {
      public Imported {
        done = (BitSet) done.clone();
      }
    }

    /** Postrider: a notice about a message. */
    record Notice(String about) implements Source {}

    /** Postrider: a message sent on to the targets of an alias. */
    record Forwarded(String parent) implements Source {}

    /** Postrider, about no message in particular. */
    record Own() implements Source {}
  }

  /**
   * What an attempt led to for one recipient.
   *
   * @param recipient its number in the envelope, from 0
   * @param to its address
   * @param original as first given
   * @param status sent, deferred, bounced; of a probe deliverable or undeliverable
   * @param agent who tried, as the log names it
   * @param relay who answered
   * @param reply why
   * @param delayMillis since the message was stored
   * @param rule the id of the rule that explains a failure, or empty
   * @param account who was logged in at the relay, or empty
   * @param insteadOf why it was not the account or relay that comes first, or empty
   */
  record Attempt(
      QueueId id,
      int recipient,
      String to,
      String original,
      String status,
      String agent,
      String relay,
      String dsn,
      String reply,
      long delayMillis,
      String rule,
      String account,
      String insteadOf)
      implements Event {
    /** One that no rule explains. */
    public Attempt(
        QueueId id,
        int recipient,
        String to,
        String original,
        String status,
        String agent,
        String relay,
        String dsn,
        String reply,
        long delayMillis) {
      this(id, recipient, to, original, status, agent, relay, dsn, reply, delayMillis, "", "", "");
    }
  }

  /** An attempt ended with recipients left. */
  record Deferred(QueueId id, long untilMillis) implements Event {}

  /** These recipients will not get the message: its sender was told, or wanted no notice. */
  record Returned(QueueId id, BitSet recipients) implements Event {
    public Returned {
      recipients = (BitSet) recipients.clone();
    }
  }

  /**
   * An administrator changed a message.
   *
   * @param by who; empty if not known
   */
  record Changed(QueueId id, Change change, String by) implements Event {}

  /** What an administrator can do to a message that does not end it. */
  enum Change {
    HELD,
    RELEASED,
    EXPIRED,
    FLUSHED
  }

  /**
   * A message left the queue.
   *
   * @param by who ended it; empty if nobody did
   */
  record Ended(QueueId id, Ending how, String by) implements Event {
    public Ended(QueueId id, Ending how) {
      this(id, how, "");
    }
  }

  /** How a message left the queue. */
  enum Ending {
    /** Everybody who was left has it. */
    DELIVERED,
    /** Somebody who was left does not get it. */
    RETURNED,
    /** An administrator took it away. */
    DELETED,
    /** It was stored anew, under another id. */
    REQUEUED,
    /** It was a question about recipients, and it is answered. */
    PROBED
  }

  /**
   * After a crash: a message as the spool has it, where the log says something else or nothing.
   *
   * @param recipients how many it was stored with
   * @param done those who need no further attempt
   */
  record Recovered(QueueId id, Recovery how, String sender, int recipients, BitSet done)
      implements Event {
    public Recovered {
      done = (BitSet) done.clone();
    }
  }

  /** What the log did not know. */
  enum Recovery {
    /** That it was accepted. */
    FOUND,
    /** That its end was undone by the crash: what followed is repeated. */
    BACK,
    /** That some recipients are done. */
    FURTHER
  }

  /**
   * After a crash: a message that the log knows as waiting and the spool does not have. It ended
   * just before the crash, too late for the event to be written.
   *
   * @param damaged whether the spool found damage: then it is in quarantine, or may be instead
   */
  record Gone(QueueId id, boolean damaged) implements Event {}
}
