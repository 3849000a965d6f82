package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.mail.reply.Reply;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a server's replies say of each recipient of one message, told when it is sure which
 * recipient a reply is about. For one thread.
 */
final class Verdicts {
  private final ClientSession session;
  private final MailTransaction.Fates fates;
  private final boolean[] settled;

  /**
   * Refusals of recipients that are not told yet: a server that has sent one reply too many refuses
   * the wrong ones, and only the replies behind show it.
   */
  private final Map<Integer, Failure> held = new LinkedHashMap<>();

  private int accepted;

  Verdicts(ClientSession session, int recipients, MailTransaction.Fates fates) {
    this.session = session;
    this.fates = fates;
    this.settled = new boolean[recipients];
  }

  /** The server takes mail for a recipient. */
  void accept() {
    accepted++;
  }

  /** For how many it does. */
  int accepted() {
    return accepted;
  }

  int recipients() {
    return settled.length;
  }

  boolean isSettled(int index) {
    return settled[index];
  }

  void sent(int index, Reply reply) {
    settled[index] = true;
    fates.sent(index, reply);
  }

  /** The refusals that are not told yet were perhaps about others. */
  void doubtHeld(Failure failure) {
    held.replaceAll((_, _) -> failure);
  }

  /** Everybody who was not refused is served. */
  void allSent(Reply reply) {
    for (int i = 0; i < settled.length; i++) {
      if (!settled[i]) {
        sent(i, reply);
      }
    }
  }

  /** Nobody else is. */
  void failRest(Failure failure) {
    for (int i = 0; i < settled.length; i++) {
      settle(i, failure);
    }
  }

  void settle(int index, Failure failure) {
    hold(index, failure);
    tellHeld();
  }

  /** A refusal that is to be told when the replies behind it have come. */
  void hold(int index, Failure failure) {
    if (!settled[index]) {
      settled[index] = true;
      held.put(index, failure);
    }
  }

  void tellHeld() {
    held.forEach((index, failure) -> {
      session.note(failure);
      fates.failed(index, failure);
    });
    held.clear();
  }

  /** What a reply says, for the log and for people. */
  Failure said(Stage stage, Reply reply, String command) {
    if (reply.code() == 421) {
      session.wantEnd();
    }
    return Failure.reply(
        stage,
        reply,
        "host "
            + session.target().label()
            + " said: "
            + reply.oneLine()
            + " (in reply to "
            + command
            + ")");
  }
}
