package dev.postrider.smtp;

import dev.postrider.bounce.SessionRecord;
import dev.postrider.bounce.Trouble;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.mail.message.DotWriter;
import dev.postrider.mail.reply.Reply;
import dev.postrider.tls.CertificateVerdict;
import dev.postrider.tls.CipherName;
import dev.postrider.tls.TlsPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one server, from the greeting to QUIT: ready for messages once {@link #open}
 * has returned it. For one thread at a time; rests in the {@link ConnectionCache} between messages.
 */
final class ClientSession {
  /** A message of this size leaves in one write. */
  private static final int CONTENT_BUFFER = 16 * 1024;

  private final ClientContext context;
  private final Target target;
  private final TlsPolicy policy;
  private final Wire wire;
  private final SessionRecord record;
  private final DotWriter dots;
  private final long openedAt = System.nanoTime();
  private Features features = Features.NONE;
  private boolean encrypted;
  private boolean verified;
  private boolean alive = true;
  private boolean wantsReset;
  private boolean ending;
  private int uses;
  private Failure.Stage stage = Failure.Stage.GREETING;
  private String doing = "receiving the initial server greeting";

  /** What an attempt to open a session came to. */
  sealed interface Opened {
    record Ready(ClientSession session) implements Opened {}

    /**
     * No session.
     *
     * @param retryInClear whether the same server may be tried again without TLS
     */
    record Failed(Failure failure, boolean retryInClear) implements Opened {}
  }

  private ClientSession(ClientContext context, Target target, TlsPolicy policy, Socket socket)
      throws IOException {
    this.context = context;
    this.target = target;
    this.policy = policy;
    this.record = context.notices().begin(target.labelWithPort());
    this.wire = new Wire(socket, record);
    this.dots = new DotWriter(wire.content(), context.settings().lineLengthLimit, CONTENT_BUFFER);
  }

  /**
   * Connects, greets, starts TLS and logs in, as far as policy and server want it.
   *
   * @param request with the first message, for logins by sender
   */
  static Opened open(
      ClientContext context, Target target, TlsPolicy policy, DeliveryRequest request) {
    String sender = request.envelope().sender().internal();
    ClientSession session;
    try {
      session = new ClientSession(context, target, policy, connect(context.settings(), target));
    } catch (IOException e) {
      return new Opened.Failed(
          Failure.of(
              Failure.Stage.CONNECT,
              "4.4.1",
              "connect to " + target.labelWithPort() + ": " + reason(e)),
          false);
    }
    Failure failure = session.prepare(sender);
    if (failure == null) {
      return new Opened.Ready(session);
    }
    boolean retryInClear =
        session.tlsFailed
            && !policy.level().isMandatory()
            && !context.settings().wrapperMode
            && !session.hasLogin(sender);
    session.note(failure);
    session.abandon();
    session.report(request);
    return new Opened.Failed(failure, retryInClear);
  }

  private boolean tlsFailed;

  /** A password is not sent in clear because somebody on the way disturbed a handshake. */
  private boolean hasLogin(String sender) {
    return context.settings().saslEnabled
        && !(context.passwords().find(sender, target.host(), target.site().written())
            instanceof Passwords.Answer.None);
  }

  private static Socket connect(ClientSettings settings, Target target) throws IOException {
    return switch (target) {
      case Target.LocalSocket(_, _, var path) -> UnixSocket.connect(path);
      case Target.Host host -> {
        Socket socket = new Socket();
        try {
          bind(settings, socket, host.address());
          socket.setTcpNoDelay(true);
          socket.connect(host.place(), settings.connectTimeout);
        } catch (IOException e) {
          closeQuietly(socket);
          throw e;
        }
        yield socket;
      }
    };
  }

  private static void bind(ClientSettings settings, Socket socket, InetAddress peer)
      throws IOException {
    boolean ipv4 = peer.getAddress().length == 4;
    String text = ipv4 ? settings.bindAddress : settings.bindAddress6;
    if (!text.isEmpty()) {
      try {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(text), 0));
      } catch (IllegalArgumentException e) {
        throw new IOException(
            settings.dialect.parameter(ipv4 ? "smtp_bind_address" : "smtp_bind_address6")
                + ": not an address: "
                + text,
            e);
      }
    }
  }

  /** The system's words for it, as Postfix logs them. */
  private static String reason(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return "Connection timed out";
    }
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf(" (");
    return end > 0 ? message.substring(0, end) : message;
  }

  private @Nullable Failure prepare(String sender) {
    try {
      Failure failure = null;
      if (context.settings().wrapperMode) {
        failure = shakeHands();
      }
      if (failure == null) {
        failure = greet();
      }
      if (failure == null && !encrypted && policy.level() != dev.postrider.tls.TlsLevel.NONE) {
        failure = startTls();
      }
      if (failure == null && context.settings().saslEnabled && features.auth()) {
        at(Failure.Stage.LOGIN, "performing SASL authentication");
        failure = new LoginStep(context, this).run(sender);
      }
      return failure;
    } catch (IOException e) {
      return failure(e);
    }
  }

  private @Nullable Failure greet() throws IOException {
    Reply banner = wire.reply(context.settings().helloTimeout);
    if (banner.code() / 100 != 2) {
      return Failure.reply(
          Failure.Stage.GREETING,
          banner,
          "host " + target.label() + " refused to talk to me: " + banner.oneLine());
    }
    // A mailbox server beside us has every right to our name.
    if (context.settings().dialect == Dialect.SMTP && isOwnName(firstWord(banner))) {
      context.warning(
          "host " + target.label() + " greeted me with my own hostname " + firstWord(banner));
    }
    return hello(banner.oneLine().contains("ESMTP"));
  }

  private @Nullable Failure hello(boolean serverSaysEsmtp) throws IOException {
    return switch (context.settings().dialect) {
      case SMTP -> smtpHello(serverSaysEsmtp);
      case LMTP -> lmtpHello();
    };
  }

  /** RFC 2033 §4.1: LMTP has no older form to fall back to. */
  private @Nullable Failure lmtpHello() throws IOException {
    ClientSettings settings = context.settings();
    at(Failure.Stage.HELLO, "performing the LHLO handshake");
    Reply reply = command("LHLO " + settings.helloName, settings.helloTimeout);
    return reply.code() / 100 == 2
        ? welcome(reply, Features.parse(reply.lines(), settings.discardedKeywords))
        : refusedToTalk(reply);
  }

  private Failure refusedToTalk(Reply reply) {
    return Failure.reply(
        Failure.Stage.HELLO,
        reply,
        "host " + target.label() + " refused to talk to me: " + reply.oneLine());
  }

  private @Nullable Failure smtpHello(boolean serverSaysEsmtp) throws IOException {
    ClientSettings settings = context.settings();
    at(Failure.Stage.HELLO, "performing the EHLO handshake");
    Reply reply = null;
    if (encrypted || (!settings.neverSendEhlo && (settings.alwaysSendEhlo || serverSaysEsmtp))) {
      reply = command("EHLO " + settings.helloName, settings.helloTimeout);
      if (reply.code() / 100 == 2) {
        return welcome(reply, Features.parse(reply.lines(), settings.discardedKeywords));
      }
    }
    // RFC 5321 §3.2: an old server is asked again by HELO; one that is closing is not.
    if (reply == null || (reply.isPermanent() && !encrypted)) {
      at(Failure.Stage.HELLO, "performing the HELO handshake");
      reply = command("HELO " + settings.helloName, settings.helloTimeout);
      if (reply.code() / 100 == 2) {
        return welcome(reply, Features.NONE);
      }
    }
    return refusedToTalk(reply);
  }

  private @Nullable Failure welcome(Reply reply, Features announced) {
    features = announced;
    if (context.settings().dialect == Dialect.SMTP
        && target.site().port() == 25
        && isOwnName(firstWord(reply))) {
      context.warning(
          "host "
              + target.label()
              + " replied to HELO/EHLO with my own hostname "
              + firstWord(reply));
      return Failure.of(
          Failure.Stage.HELLO,
          target.bestMx() ? "5.4.6" : "4.4.6",
          "mail for " + target.site().written() + " loops back to myself");
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

  private @Nullable Failure startTls() throws IOException {
    if (!features.startTls()) {
      return policy.level().isMandatory()
          ? Failure.of(
              Failure.Stage.TLS,
              "4.7.4",
              "TLS is required, but was not offered by host " + target.label())
          : null;
    }
    at(Failure.Stage.TLS, "receiving the STARTTLS response");
    Reply reply = command("STARTTLS", context.settings().startTlsTimeout);
    if (reply.code() / 100 != 2) {
      return policy.level().isMandatory()
          ? new Failure(
              Failure.Stage.TLS,
              Failure.codeOf(reply).withClass(4),
              "TLS is required, but host "
                  + target.label()
                  + " refused to start TLS: "
                  + reply.oneLine(),
              reply)
          : null;
    }
    if (wire.hasUnreadInput()) {
      // Bytes sent before the handshake are nobody's word (CVE-2011-0411): end it here.
      return Failure.of(
          Failure.Stage.TLS,
          "4.7.5",
          "host " + target.label() + " sent plaintext after its STARTTLS response");
    }
    Failure failure = shakeHands();
    return failure != null ? failure : hello(true);
  }

  private @Nullable Failure shakeHands() throws IOException {
    if (policy.protocols().isEmpty()) {
      return Failure.of(
          Failure.Stage.TLS,
          "4.7.5",
          "client TLS configuration problem: no protocol is left of "
              + context.settings().dialect.parameter("smtp_tls_protocols"));
    }
    SSLSocket tls;
    try {
      wire.socket().setSoTimeout(context.settings().startTlsTimeout);
      tls =
          context
              .tls()
              .handshake(wire.socket(), policy, target.host(), TlsPolicies.sni(policy, target));
      // From here on the wire has limits of its own.
      wire.socket().setSoTimeout(0);
    } catch (IOException e) {
      tlsFailed = true;
      context.info(
          "SSL_connect error to "
              + target.labelWithPort()
              + ": "
              + (e instanceof java.io.EOFException ? "lost connection" : e.getMessage()));
      return Failure.of(Failure.Stage.TLS, "4.7.5", "Cannot start TLS: handshake failure");
    }
    encrypted = true;
    wire.upgrade(tls);
    return judge(tls);
  }

  private @Nullable Failure judge(SSLSocket tls) {
    boolean mandatory = policy.level().verifiesCertificate();
    CertificateVerdict verdict =
        CertificateVerdict.of(
            tls.getSession(),
            context.anchors(),
            mandatory ? TlsPolicies.wantedNames(policy, target) : List.of());
    verified = verdict instanceof CertificateVerdict.Verified;
    if (mandatory && !verified) {
      context.info(
          "certificate verification failed for " + target.labelWithPort() + ": " + verdict.why());
    }
    if (context.settings().tlsLogLevel >= 1) {
      context.info(
          verdict.word()
              + " TLS connection established to "
              + target.labelWithPort()
              + ": "
              + CipherName.summary(tls.getSession()));
    }
    return mandatory && !verified
        ? Failure.of(
            Failure.Stage.TLS, "4.7.5", "Server certificate not verified: " + verdict.why())
        : null;
  }

  /**
   * Sends what holds a password, and waits for the reply.
   *
   * @param shown what the postmaster may be told of it
   */
  Reply secret(String text, String shown, int timeoutMillis) throws IOException {
    wire.put(text).endSecret(shown);
    wire.flush();
    return wire.reply(timeoutMillis);
  }

  /** Sends one command and waits for its reply. */
  Reply command(String text, int timeoutMillis) throws IOException {
    wire.put(text).endLine();
    wire.flush();
    return wire.reply(timeoutMillis);
  }

  /** What is being done, for the text when the connection breaks. */
  void at(Failure.Stage newStage, String newDoing) {
    stage = newStage;
    doing = newDoing;
  }

  /** What a broken connection means at this point: never more than "later". */
  Failure failure(IOException e) {
    alive = false;
    String text =
        switch (e) {
          case SocketTimeoutException _ ->
              "conversation with " + target.label() + " timed out while " + doing;
          case Wire.BadReplyException bad -> {
            record.trouble(Trouble.PROTOCOL);
            yield "protocol error: " + target.label() + " while " + doing + ": " + bad.getMessage();
          }
          default -> "lost connection with " + target.label() + " while " + doing;
        };
    return Failure.of(stage, e instanceof Wire.BadReplyException ? "4.5.0" : "4.4.2", text);
  }

  /** Whether the postmaster is to hear of it, as Postfix sees that. */
  void note(Failure failure) {
    if (failure.stage() == Failure.Stage.LOCAL) {
      record.trouble(Trouble.DATA);
    } else if (failure.isOurFault()) {
      record.trouble(Trouble.PROTOCOL);
    }
  }

  SessionRecord record() {
    return record;
  }

  /**
   * Tells the postmaster of trouble since the last message, if that is wanted; not of trouble with
   * a notice.
   */
  void report(DeliveryRequest request) {
    if (context.notices().tellsOf(request.envelope().sender())) {
      record.report(request.queueId());
    } else {
      record.forget();
    }
  }

  ClientContext context() {
    return context;
  }

  Target target() {
    return target;
  }

  Wire wire() {
    return wire;
  }

  DotWriter dots() {
    return dots;
  }

  Features features() {
    return features;
  }

  boolean isEncrypted() {
    return encrypted;
  }

  boolean isVerified() {
    return verified;
  }

  /** How many messages this connection has been asked to carry. */
  int uses() {
    return uses;
  }

  void countUse() {
    uses++;
  }

  boolean isAlive() {
    return alive;
  }

  /** Whether a message is just being read from the spool and sent. */
  boolean isAtContent() {
    return stage == Failure.Stage.DATA;
  }

  /** The server is closing: nothing more goes over this connection. */
  void wantEnd() {
    ending = true;
  }

  /** The next transaction must begin with RSET: the last one was left half done. */
  void wantReset() {
    wantsReset = true;
  }

  boolean takeReset() {
    boolean wanted = wantsReset;
    wantsReset = false;
    return wanted;
  }

  /** Whether the next message may use it too. */
  boolean isReusable(long now) {
    ClientSettings settings = context.settings();
    return alive
        && !ending
        && !wire.hasUnreadInput()
        && now - openedAt < settings.cacheReuseNanos
        && (settings.cacheReuseCount == 0 || uses < settings.cacheReuseCount);
  }

  /** Says goodbye, without waiting for the answer unless configured to. */
  void quit() {
    if (alive) {
      alive = false;
      try {
        if (context.settings().skipQuitResponse) {
          wire.put("QUIT").endLine();
          wire.flush();
        } else {
          Reply _ = command("QUIT", context.settings().quitTimeout);
        }
      } catch (IOException _) {
        // The mail is where it should be; how the connection ends changes nothing.
      }
    }
    wire.close();
  }

  /** Ends a session that did not come to carry mail. */
  void abandon() {
    if (!tlsFailed && alive && stage != Failure.Stage.GREETING) {
      quit();
    } else {
      alive = false;
      wire.close();
    }
  }

  /** Cuts the connection: what is half sent must not be completed by a goodbye. */
  void cut() {
    alive = false;
    wire.close();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It never was connected.
    }
  }

  @Override
  public String toString() {
    return target.labelWithPort().toLowerCase(Locale.ROOT);
  }
}
