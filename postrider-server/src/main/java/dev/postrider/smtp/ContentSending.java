package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.mail.message.DotWriter;
import dev.postrider.mail.reply.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * The content of one message on its way to a server, by DATA or BDAT, and the answers to it (RFC
 * 5321 §3.3, 3030 §2). After it an LMTP server answers for each recipient it has accepted (RFC 2033
 * §4.2), and each answer is reported before the next is read. For one thread.
 */
final class ContentSending {
  /** Content up to here fits the system's buffers, so that writing it cannot block. */
  private static final int SMALL = 12 * 1024;

  /** Said of a connection that breaks when the server has everything already. */
  static final String MAY_REPEAT = " -- message may be sent more than once";

  private final ClientSession session;
  private final ClientSettings settings;
  private final Wire wire;
  private final Outgoing message;
  private final Verdicts verdicts;
  private final boolean probing;
  private final boolean chunked;

  /**
   * @param probing whether nothing is to be sent
   */
  ContentSending(ClientSession session, Outgoing message, Verdicts verdicts, boolean probing) {
    this.session = session;
    this.settings = session.context().settings();
    this.wire = session.wire();
    this.message = message;
    this.verdicts = verdicts;
    this.probing = probing;
    this.chunked = settings.chunks && session.features().chunking() && !probing;
  }

  /** Whether content goes by BDAT; a probe that goes on to DATA has none. */
  boolean isChunked() {
    return chunked;
  }

  /** Whether it can be written before anything is read. */
  boolean isSmall() {
    return message.content().size() <= SMALL;
  }

  /** Sends it if the answer to DATA asks for it. */
  void readData(Reply reply, Body.Source content) throws IOException {
    wire.requireStep();
    if (reply.code() / 100 != 2) {
      verdicts.tellHeld();
    }
    if (reply.code() / 100 == 3) {
      if (probing && verdicts.accepted() > 0) {
        // Nothing but the end of the connection takes DATA back.
        session.cut();
        verdicts.allSent(reply);
        return;
      }
      if (verdicts.accepted() == 0 && settings.dialect == Dialect.LMTP) {
        // A server that wants a message nobody gets: whether it would answer it, nobody can know.
        session.cut();
        return;
      }
      if (verdicts.accepted() == 0) {
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
    if (verdicts.accepted() > 0) {
      verdicts.failRest(verdicts.said(Stage.DATA, reply, "DATA command"));
    }
  }

  /** Sends it and reads the answers. */
  void send(Body.Source content) throws IOException {
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
      session.at(Stage.END_OF_DATA, "sending end of data" + MAY_REPEAT);
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
      boolean forAll = settings.dialect == Dialect.SMTP || verdicts.accepted() == 1;
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
    } finally {
      wire.limitContent(null);
    }
    conclude(reply);
  }

  /** What the answer to the whole content means for those who were accepted. */
  private void conclude(Reply reply) {
    if (reply.code() / 100 == 2) {
      verdicts.allSent(reply);
    } else {
      if (chunked) {
        // RFC 3030 §2: after a refused piece the server takes nothing but RSET.
        session.wantReset();
      }
      verdicts.failRest(
          verdicts.said(
              Stage.END_OF_DATA, reply, chunked ? "BDAT command" : "end of DATA command"));
    }
  }

  /**
   * Sends envelope and content in one write; false if the content could not be had.
   *
   * <p>It goes as one piece, however much larger conversion and checks have made it: a second one
   * would wait for an answer while those to the envelope are still to come, and take one of them.
   */
  boolean sendAhead(Body.Source content) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream(2 * SMALL);
    try {
      DotWriter writer = DotWriter.withoutDots(whole, settings.lineLengthLimit, SMALL);
      content.writeTo(writer);
      writer.finish();
    } catch (IOException e) {
      unreadable(e);
      return false;
    }
    try {
      Chunks.sendWhole(whole.toByteArray(), wire);
    } catch (Wire.SendException e) {
      throw e.problem();
    }
    return true;
  }

  /** The answer to content that went with the envelope; the server has counted it off anyhow. */
  void readAhead() throws IOException {
    session.at(Stage.END_OF_DATA, "sending end of data" + MAY_REPEAT);
    Reply reply = wire.reply(settings.dataDoneTimeout);
    wire.requireStep();
    verdicts.tellHeld();
    if (verdicts.accepted() > 0) {
      conclude(reply);
    } else {
      session.wantReset();
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
    for (int i = 0; i < verdicts.recipients(); i++) {
      if (verdicts.isSettled(i)) {
        continue;
      }
      Reply reply = wire.reply(settings.dataDoneTimeout);
      if (reply.code() / 100 == 2) {
        verdicts.sent(i, reply);
      } else {
        verdicts.settle(i, verdicts.said(Stage.END_OF_DATA, reply, "end of DATA command"));
      }
    }
  }

  /** The spool failed us: cut the connection, so that half a message is never taken for whole. */
  void unreadable(IOException e) {
    session.context().warning("reading message content: " + e);
    session.cut();
    verdicts.failRest(
        Failure.of(
            Stage.LOCAL, "4.3.0", "local data error while talking to " + session.target().label()));
  }
}
