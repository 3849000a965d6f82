package dev.postrider.smtpd;

import dev.postrider.io.Printable;
import dev.postrider.log.MailLog;
import dev.postrider.mail.reply.Reply;
import dev.postrider.policy.ClientFacts;

/** The log lines of one session, in Postfix's words. For one thread. */
final class SessionLog {
  /** Characters of what a client said that a line repeats. */
  static final int MOST_LOGGED = 100;

  private static final int MOST_OF_LONG_LINE = 30;

  private final MailLog log;
  private final String process;
  private final ClientFacts client;

  SessionLog(MailLog log, String process, ClientFacts client) {
    this.log = log;
    this.process = process;
    this.client = client;
  }

  void connected() {
    log.info(process, "connect from " + client.nameAndAddress());
  }

  void disconnected(CommandCounts counts) {
    log.info(process, "disconnect from " + client.nameAndAddress() + " " + counts);
  }

  /**
   * The session ends before its time.
   *
   * @param how {@code timeout}, {@code lost connection} …
   * @param where the command it had come to
   */
  void left(String how, String where) {
    log.info(process, how + " after " + where + " from " + client.nameAndAddress());
  }

  void lostWhileClosing() {
    log.info(process, "lost connection while closing " + client.nameAndAddress());
  }

  /**
   * A command is refused.
   *
   * @param path sender and recipient as far as they are known, each with a space behind it
   * @param greeting {@code proto=ESMTP helo=<name>}
   */
  void rejected(Verb verb, Reply reply, String path, String greeting) {
    log.info(
        process,
        "NOQUEUE: reject: "
            + verb
            + " from "
            + client.nameAndAddress()
            + ": "
            + reply.oneLine()
            + "; "
            + path
            + greeting);
  }

  void badAddress(Verb verb, String given) {
    log.warning(
        process,
        "Illegal address syntax from "
            + client.nameAndAddress()
            + " in "
            + verb
            + " command: "
            + shortened(given));
  }

  void notSmtp(String text) {
    log.warning(
        process, "non-SMTP command from " + client.nameAndAddress() + ": " + shortened(text));
  }

  void longLine(String line, int limit) {
    log.warning(
        process,
        client.nameAndAddress()
            + ": request longer than "
            + limit
            + ": "
            + Printable.beginning(line, MOST_OF_LONG_LINE)
            + "...");
  }

  /**
   * The client spoke before it was answered.
   *
   * @param said without secrets
   */
  void outOfStep(String after, String said) {
    log.info(
        process,
        "improper command pipelining after "
            + after
            + " from "
            + client.nameAndAddress()
            + ": "
            + said.replace("\r", "\\r").replace("\n", "\\n"));
  }

  private static String shortened(String text) {
    return text.length() > MOST_LOGGED ? text.substring(0, MOST_LOGGED) : text;
  }
}
