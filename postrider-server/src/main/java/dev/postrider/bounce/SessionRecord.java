package dev.postrider.bounce;

import dev.postrider.mail.reply.Reply;
import java.util.EnumSet;
import java.util.Set;

/**
 * One SMTP session as the postmaster is to hear of it, if there is trouble in it: what was said,
 * and what was wrong. For one thread.
 *
 * <p>Passwords are kept out by whoever fills it.
 */
public final class SessionRecord {
  private final SessionNotices notices;
  private final String peer;
  private final boolean on;
  private final Transcript transcript = new Transcript();
  private final Set<Trouble> troubles = EnumSet.noneOf(Trouble.class);
  private String reason = "";

  SessionRecord(SessionNotices notices, String peer, boolean on) {
    this.notices = notices;
    this.peer = peer;
    this.on = on;
  }

  /** Whether anything is kept at all; if not, nobody need prepare it. */
  public boolean isOn() {
    return on;
  }

  /**
   * A line of the other side.
   *
   * @param octets one character a byte
   */
  public void heard(String octets) {
    if (on) {
      transcript.heard(octets);
    }
  }

  /** What a filter put in the place of the last line of the other side, one character a byte. */
  public void replaced(String octets) {
    if (on) {
      transcript.replaced(octets);
    }
  }

  /** A line of ours, one character a byte. */
  public void said(String octets) {
    if (on) {
      transcript.said(octets);
    }
  }

  /** A reply of ours. */
  public void answered(Reply reply) {
    if (on) {
      transcript.answered(reply);
    }
  }

  /** Something of this kind went wrong. */
  public void trouble(Trouble trouble) {
    if (on) {
      troubles.add(trouble);
    }
  }

  /** Why the session ended before its time: {@code timeout} … */
  public void abortedFor(String newReason) {
    reason = newReason;
  }

  /**
   * Tells the postmaster of what was wrong so far, if that is wanted, and begins anew. Never throws
   * for what it meets.
   *
   * @param queueId of the message that was being delivered, or empty
   */
  public void report(String queueId) {
    if (on) {
      if (!troubles.isEmpty()) {
        notices.tell(new SessionNotices.Session(peer, troubles, transcript, reason), queueId);
      }
      forget();
    }
  }

  /** The same in the middle of a session, once it has become as long as that. */
  public void reportIfLongerThan(int lines) {
    if (on && transcript.size() > lines) {
      report("");
    }
  }

  /** Begins anew. */
  public void forget() {
    transcript.clear();
    troubles.clear();
  }
}
