package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.reply.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message through one session: MAIL, RCPT, DATA, content (RFC 5321 §3.3), in as few writes and
 * round trips as the server allows. For one thread.
 */
final class MailTransaction {
  /** Commands sent before replies are read: more could fill the buffers of both sides. */
  private static final int MAX_UNANSWERED = 200;

  /** Takes what becomes of each recipient. */
  interface Fates {
    void sent(int index, Reply reply);

    void failed(int index, Failure failure);
  }

  private final ClientSession session;
  private final ClientSettings settings;
  private final Wire wire;
  private final Outgoing message;
  private final Verdicts verdicts;
  private final ContentSending content;

  /** Whether it ends with the answers to RCPT, and nothing is sent. */
  private final boolean probing;

  /** Whether the content was sent with the envelope, before any answer. */
  private boolean ahead;

  private boolean begun;

  /** Whether the server has replied to anything in this transaction. */
  private boolean answered;

  MailTransaction(ClientSession session, Outgoing message, Fates fates) {
    this.session = session;
    this.settings = session.context().settings();
    this.wire = session.wire();
    this.message = message;
    this.verdicts = new Verdicts(session, message.recipients().size(), fates);
    this.probing = message.envelope().purpose() == Envelope.Purpose.PROBE;
    this.content = new ContentSending(session, message, verdicts, probing);
  }

  /**
   * Runs it.
   *
   * @return false if a connection that had rested in the cache turned out to be dead before it took
   *     anything: then no recipient was reported
   */
  boolean run() {
    session.countUse();
    try {
      Failure unfit = unfit();
      if (unfit != null) {
        verdicts.failRest(unfit);
        return true;
      }
      exchange();
      verdicts.tellHeld();
      return true;
    } catch (StaleException _) {
      session.cut();
      return false;
    } catch (IOException e) {
      if (isStale(e)) {
        session.cut();
        return false;
      }
      Failure failure = session.failure(e);
      session.cut();
      if (e instanceof Wire.BadReplyException) {
        verdicts.doubtHeld(failure);
      }
      verdicts.tellHeld();
      verdicts.failRest(failure);
      return true;
    }
  }

  /** A cached connection said goodbye before the message began. */
  private static final class StaleException extends IOException {
    private static final long serialVersionUID = 1;
  }

  private boolean isStale() {
    return session.uses() > 1 && !begun;
  }

  /**
   * The same of a connection that broke. A server that has the content already may have taken it,
   * so that another one gets it at once only if this one ended the connection before any answer.
   */
  private boolean isStale(IOException e) {
    boolean ended = e instanceof EOFException || e instanceof SocketException;
    return isStale() && (!ahead || (ended && !answered));
  }

  /** Why this server cannot take this message at all. */
  private @Nullable Failure unfit() {
    Features features = session.features();
    String label = session.target().label();
    if (message.needsSmtpUtf8() && !features.smtpUtf8()) {
      return Failure.of(
          Stage.FEATURE, "5.6.7", "SMTPUTF8 is required, but was not offered by host " + label);
    }
    Failure unprotected = RequiredTls.ofFeatures(message.requireTls(), session);
    if (unprotected != null) {
      return unprotected;
    }
    long size = message.content().size();
    if (features.maxSize() > 0 && size > features.maxSize()) {
      return Failure.of(
          Stage.FEATURE,
          "5.3.4",
          "message size "
              + size
              + " exceeds size limit "
              + features.maxSize()
              + " of server "
              + label);
    }
    return null;
  }

  private void exchange() throws IOException {
    Body body;
    try {
      body = Body.prepared(message, session);
    } catch (IOException e) {
      content.unreadable(e);
      return;
    }
    switch (body) {
      case Body.Impossible(var failure) -> verdicts.failRest(failure);
      case Body.Ready ready -> {
        if (session.features().pipelining()) {
          pipelined(ready);
        } else {
          oneByOne(ready);
        }
      }
    }
  }

  /** A reply before its command may be somebody else's (CVE-2009-3555). */
  private boolean spokeEarly() throws IOException {
    if (!session.hasSpokenEarly()) {
      return false;
    }
    session
        .context()
        .warning(
            "server "
                + session.target().label()
                + " violates "
                + settings.dialect.parameter("smtp_tls_block_early_mail_reply")
                + " policy");
    verdicts.failRest(Failure.of(Stage.MAIL, "4.7.0", "unexpected server message"));
    session.wantEnd();
    return true;
  }

  private void pipelined(Body.Ready body) throws IOException {
    MailCommands commands = new MailCommands(session.features(), settings);
    if (spokeEarly()) {
      return;
    }
    boolean reset = session.takeReset();
    if (reset) {
      wire.put("RSET").endLine();
    }
    List<String> origins = origins();
    for (String origin : origins) {
      wire.put(origin).endLine();
    }
    wire.requireStep();
    commands.putMail(wire, message, body.size(), body.type(), asksForTls());
    int count = message.recipients().size();
    int settled = 0;
    boolean mailOk = false;
    for (int i = 0; i < count; i++) {
      commands.putRcpt(wire, message.recipientPaths().get(i), message.recipients().get(i));
      boolean last = i == count - 1;
      if (last && !endsAtRcpt() && !content.isChunked()) {
        wire.put("DATA").endLine();
      }
      if (last || i - settled >= MAX_UNANSWERED) {
        wire.requireStep();
        if (last && content.isChunked() && content.isSmall()) {
          ahead = true;
          if (!content.sendAhead(body.source())) {
            return;
          }
        } else {
          wire.flush();
        }
        if (settled == 0) {
          readReset(reset);
          for (int k = 0; k < origins.size(); k++) {
            readOrigin();
          }
          mailOk = readMail();
        }
        for (; settled <= i; settled++) {
          readRcpt(settled, mailOk);
        }
      }
    }
    if (ahead) {
      content.readAhead();
      return;
    }
    if (endsAtRcpt() || (content.isChunked() && verdicts.accepted() == 0)) {
      session.wantReset();
      return;
    }
    if (content.isChunked()) {
      wire.requireStep();
      verdicts.tellHeld();
      content.send(body.source());
      return;
    }
    session.at(Stage.DATA, "sending DATA command");
    content.readData(wire.reply(settings.dataInitTimeout), body.source());
  }

  private void oneByOne(Body.Ready body) throws IOException {
    MailCommands commands = new MailCommands(session.features(), settings);
    if (spokeEarly()) {
      return;
    }
    wire.requireStep();
    if (session.takeReset()) {
      wire.put("RSET").endLine();
      wire.flush();
      readReset(true);
    }
    for (String origin : origins()) {
      wire.put(origin).endLine();
      wire.flush();
      readOrigin();
    }
    commands.putMail(wire, message, body.size(), body.type(), asksForTls());
    wire.requireStep();
    wire.flush();
    if (!readMail()) {
      session.wantReset();
      return;
    }
    for (int i = 0; i < message.recipients().size(); i++) {
      commands.putRcpt(wire, message.recipientPaths().get(i), message.recipients().get(i));
      wire.requireStep();
      wire.flush();
      readRcpt(i, true);
    }
    if (verdicts.accepted() == 0 || endsAtRcpt()) {
      session.wantReset();
      return;
    }
    if (content.isChunked()) {
      wire.requireStep();
      verdicts.tellHeld();
      content.send(body.source());
      return;
    }
    session.at(Stage.DATA, "sending DATA command");
    wire.put("DATA").endLine();
    wire.requireStep();
    wire.flush();
    content.readData(wire.reply(settings.dataInitTimeout), body.source());
  }

  /** What is told of where the message came from. */
  private List<String> origins() {
    if (!settings.sendsXForward || session.features().xForward().isEmpty()) {
      return List.of();
    }
    Client client = message.envelope().client();
    return XForward.commands(
        session.features().xForward(),
        client,
        message.queueId(),
        session.context().localOrigin().test(client));
  }

  /** A filter that does not want to know gets the mail all the same. */
  private void readOrigin() throws IOException {
    session.at(Stage.MAIL, "sending XFORWARD");
    Reply reply = wire.reply(settings.xForwardTimeout);
    answered = true;
    if (reply.code() / 100 != 2) {
      if (reply.code() == 421 && isStale() && !ahead) {
        throw new StaleException();
      }
      session
          .context()
          .warning(
              "host "
                  + session.target().labelWithPort()
                  + " said: "
                  + reply.oneLine()
                  + " (in reply to XFORWARD command)");
    }
  }

  private void readReset(boolean sent) throws IOException {
    if (sent) {
      session.at(Stage.MAIL, "sending final RSET" + mayRepeat());
      Reply reply = wire.reply(settings.resetTimeout);
      answered = true;
      if (reply.code() / 100 != 2) {
        if (ahead) {
          // The commands behind it may succeed all the same, and the message is with them.
          throw new Wire.BadReplyException("unexpected reply to RSET: " + reply.oneLine());
        }
        throw new StaleException();
      }
    }
  }

  private boolean readMail() throws IOException {
    session.at(Stage.MAIL, "sending MAIL FROM" + mayRepeat());
    Reply reply = wire.reply(settings.mailTimeout);
    if (reply.code() == 421 && isStale()) {
      // Without MAIL nothing is taken, not even content that is there already.
      throw new StaleException();
    }
    begun = true;
    if (reply.code() / 100 == 2) {
      return true;
    }
    verdicts.failRest(verdicts.said(Stage.MAIL, reply, "MAIL FROM command"));
    return false;
  }

  private void readRcpt(int index, boolean mailOk) throws IOException {
    session.at(Stage.RCPT, "sending RCPT TO" + mayRepeat());
    Reply reply = wire.reply(settings.rcptTimeout);
    if (!mailOk) {
      return;
    }
    if (reply.code() / 100 == 2) {
      verdicts.accept();
      if (endsAtRcpt()) {
        verdicts.sent(index, reply);
      }
    } else {
      verdicts.hold(index, verdicts.said(Stage.RCPT, reply, "RCPT TO command"));
    }
  }

  /** Whether the server is told that the sender wants TLS all the way. */
  private boolean asksForTls() {
    if (message.requireTls() == RequireTls.Level.DISABLE) {
      return false;
    }
    boolean offered = RequiredTls.isOffered(session);
    if (!offered) {
      session
          .context()
          .info(
              message.queueId()
                  + ": Sender requested REQUIRETLS, but REQUIRETLS support was not offered by host "
                  + session.target().label());
    }
    return offered;
  }

  private boolean endsAtRcpt() {
    return probing && !settings.probesData;
  }

  /** The server may have everything before it answers. */
  private String mayRepeat() {
    return ahead ? ContentSending.MAY_REPEAT : "";
  }
}
