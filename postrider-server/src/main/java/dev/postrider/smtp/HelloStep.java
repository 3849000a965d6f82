package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.failure.Stage;
import dev.postrider.mail.reply.Reply;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The greeting of a session, and what the server says that it can do. For one thread. */
final class HelloStep {
  private final ClientContext context;
  private final ClientSession session;
  private final DeliveryRequest request;
  private Features features = Features.NONE;
  private PixWorkarounds.Chosen pix = PixWorkarounds.Chosen.NONE;

  /**
   * @param request of the message that opens the session
   */
  HelloStep(ClientContext context, ClientSession session, DeliveryRequest request) {
    this.context = context;
    this.session = session;
    this.request = request;
  }

  /** What is done about a firewall in between. */
  PixWorkarounds.Chosen pix() {
    return pix;
  }

  /** What the last greeting brought. */
  Features features() {
    return features;
  }

  /** Takes the banner, and greets. */
  @Nullable Failure greet() throws IOException {
    Reply banner = session.wire().reply(context.settings().helloTimeout);
    if (banner.code() / 100 != 2) {
      return Failure.reply(
          Stage.GREETING,
          banner,
          "host " + session.target().label() + " refused to talk to me: " + banner.oneLine());
    }
    if (!context.pix().isOff() && PixWorkarounds.concerns(banner)) {
      pix = context.pix().at(session.target().numeric(), request.arrival());
      context.info(
          request.queueId()
              + ": enabling PIX workarounds: "
              + pix.words()
              + " for "
              + session.target().labelWithPort());
    }
    // A mailbox server beside us has every right to our name.
    if (context.settings().dialect == Dialect.SMTP && isOwnName(firstWord(banner))) {
      context.warning(
          "host "
              + session.target().label()
              + " greeted me with my own hostname "
              + firstWord(banner));
    }
    return hello(banner.oneLine().contains("ESMTP"));
  }

  /**
   * Greets; again once the connection is encrypted.
   *
   * @param serverSaysEsmtp whether the server is known to know EHLO
   */
  @Nullable Failure hello(boolean serverSaysEsmtp) throws IOException {
    return switch (context.settings().dialect) {
      case SMTP -> smtpHello(serverSaysEsmtp);
      case LMTP -> lmtpHello();
    };
  }

  /** RFC 2033 §4.1: LMTP has no older form to fall back to. */
  private @Nullable Failure lmtpHello() throws IOException {
    ClientSettings settings = context.settings();
    session.at(Stage.HELLO, "performing the LHLO handshake");
    Reply reply = session.command("LHLO " + settings.helloName, settings.helloTimeout);
    return reply.code() / 100 == 2 ? welcome(reply, announced(reply)) : refusedToTalk(reply);
  }

  private Features announced(Reply reply) throws LocalDataException {
    TlsReport report = session.tlsReport();
    if (report != null && !session.isEncrypted()) {
      report.announced(reply);
    }
    Set<String> ignored = context.keywords().at(session.target().numeric());
    if (!ignored.isEmpty() && !ignored.contains(IgnoredKeywords.SILENT)) {
      context.info("discarding EHLO keywords: " + String.join(" ", ignored));
    }
    return Features.parse(reply.lines(), ignored);
  }

  private Failure refusedToTalk(Reply reply) {
    return Failure.reply(
        Stage.HELLO,
        reply,
        "host " + session.target().label() + " refused to talk to me: " + reply.oneLine());
  }

  private @Nullable Failure smtpHello(boolean serverSaysEsmtp) throws IOException {
    ClientSettings settings = context.settings();
    session.at(Stage.HELLO, "performing the EHLO handshake");
    Reply reply = null;
    if (session.isEncrypted()
        || (!settings.neverSendEhlo
            && !pix.helo()
            && (settings.alwaysSendEhlo || serverSaysEsmtp))) {
      reply = session.command("EHLO " + settings.helloName, settings.helloTimeout);
      if (reply.code() / 100 == 2) {
        return welcome(reply, announced(reply));
      }
    }
    // RFC 5321 §3.2: a server that does not take EHLO is asked again by HELO, as Postfix does
    // whatever the code; one that is closing is not, and one that speaks TLS knows EHLO.
    if (reply == null || (reply.code() != 421 && !session.isEncrypted())) {
      session.at(Stage.HELLO, "performing the HELO handshake");
      reply = session.command("HELO " + settings.helloName, settings.helloTimeout);
      if (reply.code() / 100 == 2) {
        return welcome(reply, Features.NONE);
      }
    }
    return refusedToTalk(reply);
  }

  private @Nullable Failure welcome(Reply reply, Features announced) {
    features = announced;
    if (context.settings().dialect == Dialect.SMTP
        && session.target().site().port() == 25
        && isOwnName(firstWord(reply))) {
      context.warning(
          "host "
              + session.target().label()
              + " replied to HELO/EHLO with my own hostname "
              + firstWord(reply));
      return Failure.of(
          Stage.HELLO,
          session.target().bestMx() ? "5.4.6" : "4.4.6",
          "mail for " + session.target().site().written() + " loops back to myself");
    }
    return null;
  }

  private boolean isOwnName(String word) {
    return word.equalsIgnoreCase(context.settings().ownHostName);
  }

  private static String firstWord(Reply reply) {
    String text = reply.lines().getFirst();
    int space = text.indexOf(' ');
    return space < 0 ? text : text.substring(0, space);
  }
}
