package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.reply.Reply;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message through one session: MAIL, RCPT, DATA, content (RFC 5321 §3.3), in as few writes and
 * round trips as the server allows. After the content an LMTP server answers for each recipient it
 * has accepted (RFC 2033 §4.2), and each answer is reported before the next is read. For one
 * thread.
 */
final class MailTransaction {
  /** Commands sent before replies are read: more could fill the buffers of both sides. */
  private static final int MAX_UNANSWERED = 200;

  /** Content up to here fits the system's buffers, so that writing it cannot block. */
  private static final int SMALL = 12 * 1024;

  /** Takes what becomes of each recipient. */
  interface Fates {
    void sent(int index, Reply reply);

    void failed(int index, Failure failure);
  }

  private final ClientSession session;
  private final ClientSettings settings;
  private final Wire wire;
  private final Outgoing message;
  private final Fates fates;
  private final boolean[] settled;

  /**
   * Refusals of recipients that are not told yet: a server that has sent one reply too many refuses
   * the wrong ones, and only the replies behind show it.
   */
  private final Map<Integer, Failure> held = new LinkedHashMap<>();

  /** Whether it ends with the answers to RCPT, and nothing is sent. */
  private final boolean probing;

  /** Whether content goes by BDAT; a probe that goes on to DATA has none. */
  private final boolean chunked;

  /** Whether the content was sent with the envelope, before any answer. */
  private boolean ahead;

  private boolean begun;
  private int accepted;

  MailTransaction(ClientSession session, Outgoing message, Fates fates) {
    this.session = session;
    this.settings = session.context().settings();
    this.wire = session.wire();
    this.message = message;
    this.fates = fates;
    this.probing = message.envelope().purpose() == Envelope.Purpose.PROBE;
    this.chunked = settings.chunks && session.features().chunking() && !probing;
    this.settled = new boolean[message.recipients().size()];
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
        failRest(unfit);
        return true;
      }
      exchange();
      tellHeld();
      return true;
    } catch (StaleException _) {
      session.cut();
      return false;
    } catch (IOException e) {
      if (isStale()) {
        session.cut();
        return false;
      }
      Failure failure = session.failure(e);
      session.cut();
      if (e instanceof Wire.BadReplyException) {
        held.replaceAll((_, _) -> failure);
      }
      tellHeld();
      failRest(failure);
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
      unreadable(e);
      return;
    }
    switch (body) {
      case Body.Impossible(var failure) -> failRest(failure);
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
    failRest(Failure.of(Stage.MAIL, "4.7.0", "unexpected server message"));
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
    int answered = 0;
    boolean mailOk = false;
    for (int i = 0; i < count; i++) {
      commands.putRcpt(wire, message.recipientPaths().get(i), message.recipients().get(i));
      boolean last = i == count - 1;
      if (last && !endsAtRcpt() && !chunked) {
        wire.put("DATA").endLine();
      }
      if (last || i - answered >= MAX_UNANSWERED) {
        wire.requireStep();
        if (last && chunked && isSmall()) {
          ahead = true;
          if (!sendAhead(body.source())) {
            return;
          }
        } else {
          wire.flush();
        }
        if (answered == 0) {
          readReset(reset);
          for (int k = 0; k < origins.size(); k++) {
            readOrigin();
          }
          mailOk = readMail();
        }
        for (; answered <= i; answered++) {
          readRcpt(answered, mailOk);
        }
      }
    }
    if (ahead) {
      readAhead();
      return;
    }
    if (endsAtRcpt() || (chunked && accepted == 0)) {
      session.wantReset();
      return;
    }
    if (chunked) {
      wire.requireStep();
      tellHeld();
      send(body.source());
      return;
    }
    session.at(Stage.DATA, "sending DATA command");
    readData(wire.reply(settings.dataInitTimeout), body.source());
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
    if (accepted == 0 || endsAtRcpt()) {
      session.wantReset();
      return;
    }
    if (chunked) {
      wire.requireStep();
      tellHeld();
      send(body.source());
      return;
    }
    session.at(Stage.DATA, "sending DATA command");
    wire.put("DATA").endLine();
    wire.requireStep();
    wire.flush();
    readData(wire.reply(settings.dataInitTimeout), body.source());
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
    if (reply.code() / 100 != 2) {
      if (reply.code() == 421 && isStale()) {
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
      session.at(Stage.MAIL, "sending final RSET");
      if (wire.reply(settings.resetTimeout).code() / 100 != 2) {
        throw new StaleException();
      }
    }
  }

  private boolean readMail() throws IOException {
    session.at(Stage.MAIL, "sending MAIL FROM" + mayRepeat());
    Reply reply = wire.reply(settings.mailTimeout);
    if (reply.code() == 421 && isStale()) {
      throw new StaleException();
    }
    begun = true;
    if (reply.code() / 100 == 2) {
      return true;
    }
    failRest(said(Stage.MAIL, reply, "MAIL FROM command"));
    return false;
  }

  private void readRcpt(int index, boolean mailOk) throws IOException {
    session.at(Stage.RCPT, "sending RCPT TO" + mayRepeat());
    Reply reply = wire.reply(settings.rcptTimeout);
    if (!mailOk) {
      return;
    }
    if (reply.code() / 100 == 2) {
      accepted++;
      if (endsAtRcpt()) {
        settled[index] = true;
        fates.sent(index, reply);
      }
    } else {
      hold(index, said(Stage.RCPT, reply, "RCPT TO command"));
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

  private void readData(Reply reply, Body.Source content) throws IOException {
    wire.requireStep();
    if (reply.code() / 100 != 2) {
      tellHeld();
    }
    if (reply.code() / 100 == 3) {
      if (probing && accepted > 0) {
        // Nothing but the end of the connection takes DATA back.
        session.cut();
        allSent(reply);
        return;
      }
      if (accepted == 0 && settings.dialect == Dialect.LMTP) {
        // A server that wants a message nobody gets: whether it would answer it, nobody can know.
        session.cut();
        return;
      }
      if (accepted == 0) {
        // RFC 2920 §3.1: the server waits for a message that nobody gets; an empty one ends it.
        wire.put(".").endLine();
        wire.flush();
        session.at(Stage.END_OF_DATA, "sending end of data");
        Reply _ = wire.reply(settings.dataDoneTimeout);
        return;
      }
      send(content);
      return;
    }
    session.wantReset();
    if (reply.code() / 100 == 2) {
      // It has not asked for the message: whatever we sent now would be taken for commands.
      throw new Wire.BadReplyException("unexpected reply to DATA: " + reply.oneLine());
    }
    if (accepted > 0) {
      failRest(said(Stage.DATA, reply, "DATA command"));
    }
  }

  private void send(Body.Source content) throws IOException {
    session.at(Stage.DATA, "sending message body");
    boolean large = !isSmall();
    wire.limitContent(
        !large
            ? null
            : new ContentTime(
                Duration.ofMillis(settings.dataTransferTimeout),
                settings.limitsWholeContent ? settings.minDataRate : 0));
    Reply reply;
    try {
      if (chunked) {
        Chunks.send(content, message.content().size(), wire, settings);
      } else {
        content.writeTo(session.dots());
        if (session.delaysDot()) {
          pauseBeforeDot();
        }
        session.dots().finish();
        session.record().said(".");
      }
      session.at(Stage.END_OF_DATA, "sending end of data -- message may be sent more than once");
      wire.limitContent(null);
      if (settings.dialect == Dialect.LMTP) {
        readFates();
        return;
      }
      reply = wire.reply(settings.dataDoneTimeout);
    } catch (Chunks.RefusedException e) {
      session.wantReset();
      reply = e.reply();
    } catch (Wire.SendException e) {
      Reply early = wire.lastWords();
      // The one reply of LMTP that came early is one recipient's, and no word about the others.
      boolean forAll = settings.dialect == Dialect.SMTP || accepted == 1;
      if (early == null || early.isPositive() || !forAll) {
        throw e.problem();
      }
      session.cut();
      reply = early;
    } catch (IOException e) {
      if (session.isAtContent()) {
        unreadable(e);
        return;
      }
      throw e;
    }
    conclude(reply);
  }

  /** What the answer to the whole content means for those who were accepted. */
  private void conclude(Reply reply) {
    if (reply.code() / 100 == 2) {
      allSent(reply);
    } else {
      if (chunked) {
        // RFC 3030 §2: after a refused piece the server takes nothing but RSET.
        session.wantReset();
      }
      failRest(said(Stage.END_OF_DATA, reply, chunked ? "BDAT command" : "end of DATA command"));
    }
  }

  /** What is to be said of a connection that breaks when the server has everything already. */
  private String mayRepeat() {
    return ahead ? " -- message may be sent more than once" : "";
  }

  private boolean isSmall() {
    return message.content().size() <= SMALL;
  }

  /** Sends envelope and content in one write; false if the content could not be had. */
  private boolean sendAhead(Body.Source content) throws IOException {
    try {
      Chunks.send(content, message.content().size(), wire, settings);
      return true;
    } catch (Wire.SendException e) {
      throw e.problem();
    } catch (IOException e) {
      unreadable(e);
      return false;
    }
  }

  /** The answer to content that went with the envelope; the server has counted it off anyhow. */
  private void readAhead() throws IOException {
    session.at(Stage.END_OF_DATA, "sending end of data" + mayRepeat());
    Reply reply = wire.reply(settings.dataDoneTimeout);
    wire.requireStep();
    tellHeld();
    if (accepted > 0) {
      conclude(reply);
    } else {
      session.wantReset();
    }
  }

  private void allSent(Reply reply) {
    for (int i = 0; i < settled.length; i++) {
      if (!settled[i]) {
        settled[i] = true;
        fates.sent(i, reply);
      }
    }
  }

  /** For firewalls that lose the end of a message that comes with the rest of it. */
  private void pauseBeforeDot() throws IOException {
    session.dots().handOver();
    try {
      Thread.sleep(settings.pixDelay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopping");
    }
  }

  private void readFates() throws IOException {
    for (int i = 0; i < settled.length; i++) {
      if (settled[i]) {
        continue;
      }
      Reply reply = wire.reply(settings.dataDoneTimeout);
      if (reply.code() / 100 == 2) {
        settled[i] = true;
        fates.sent(i, reply);
      } else {
        settle(i, said(Stage.END_OF_DATA, reply, "end of DATA command"));
      }
    }
  }

  /** The spool failed us: cut the connection, so that half a message is never taken for whole. */
  private void unreadable(IOException e) {
    session.context().warning("reading message content: " + e);
    session.cut();
    failRest(
        Failure.of(
            Stage.LOCAL, "4.3.0", "local data error while talking to " + session.target().label()));
  }

  private Failure said(Stage stage, Reply reply, String command) {
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

  private void failRest(Failure failure) {
    for (int i = 0; i < settled.length; i++) {
      settle(i, failure);
    }
  }

  private void settle(int index, Failure failure) {
    hold(index, failure);
    tellHeld();
  }

  private void hold(int index, Failure failure) {
    if (!settled[index]) {
      settled[index] = true;
      held.put(index, failure);
    }
  }

  private void tellHeld() {
    held.forEach((index, failure) -> {
      session.note(failure);
      fates.failed(index, failure);
    });
    held.clear();
  }
}
