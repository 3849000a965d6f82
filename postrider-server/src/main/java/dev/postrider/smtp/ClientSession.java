package dev.postrider.smtp;

import dev.postrider.bounce.SessionRecord;
import dev.postrider.bounce.Trouble;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.failure.Stage;
import dev.postrider.mail.address.AddressLiteral;
import dev.postrider.mail.message.DotWriter;
import dev.postrider.mail.reply.Reply;
import dev.postrider.tls.TlsPolicy;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;
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
  private final TlsStep tls;
  private final HelloStep hello;
  private final long openedAt = System.nanoTime();
  private final @Nullable TlsReport report;
  private boolean alive = true;
  private boolean wantsReset;
  private boolean ending;
  private int uses;
  private Stage stage = Stage.GREETING;
  private String doing = "receiving the initial server greeting";
  private String user = "";

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

  private ClientSession(
      ClientContext context,
      Target target,
      TlsPolicy policy,
      DeliveryRequest request,
      Socket socket,
      @Nullable TlsReport report)
      throws IOException {
    this.report = report;
    if (report != null && socket.getLocalAddress() != null) {
      report.from(AddressLiteral.print(socket.getLocalAddress()));
    }
    this.context = context;
    this.target = target;
    this.policy = policy;
    this.record = context.notices().begin(target.labelWithPort());
    this.wire = new Wire(socket, record);
    if (!context.replyFilter().isEmpty()) {
      wire.filterReplies(this::replacement);
    }
    this.dots = new DotWriter(wire.content(), context.settings().lineLengthLimit, CONTENT_BUFFER);
    this.tls = new TlsStep(context, this, policy);
    this.hello = new HelloStep(context, this, request);
  }

  /**
   * Connects, greets, starts TLS and logs in, as far as policy and server want it.
   *
   * @param request with the first message, for logins by sender
   */
  static Opened open(
      ClientContext context, Target target, TlsPolicy policy, DeliveryRequest request) {
    return open(context, target, policy, request, null);
  }

  /**
   * The same.
   *
   * @param report told how TLS went, or null
   */
  static Opened open(
      ClientContext context,
      Target target,
      TlsPolicy policy,
      DeliveryRequest request,
      @Nullable TlsReport report) {
    String sender = request.envelope().sender().internal();
    @Nullable Failure obstacle = LoginStep.obstacle(context, target, sender);
    if (obstacle != null) {
      return new Opened.Failed(obstacle, false);
    }
    ClientSession session;
    try {
      session =
          new ClientSession(
              context, target, policy, request, Dialing.connect(context, target), report);
    } catch (Dialing.NoSourceAddressException e) {
      return new Opened.Failed(Failure.of(Stage.CONNECT, "4.4.0", e.getMessage()), false);
    } catch (IOException e) {
      return new Opened.Failed(
          Failure.of(
              Stage.CONNECT,
              "4.4.1",
              "connect to " + target.labelWithPort() + ": " + Dialing.reason(e)),
          false);
    }
    Failure failure = session.prepare(sender);
    if (failure == null) {
      return new Opened.Ready(session);
    }
    boolean retryInClear =
        session.tls.hasFailed()
            && !policy.level().isMandatory()
            && !context.settings().wrapperMode
            && !session.hasLogin(sender);
    session.note(failure);
    session.abandon();
    session.report(request);
    return new Opened.Failed(failure, retryInClear);
  }

  private @Nullable String replacement(String line) throws LocalDataException {
    String text = context.replyFilter().replacement(line);
    if (text != null) {
      context.info(
          target.labelWithPort()
              + ": replacing server reply \""
              + line
              + "\" with \""
              + text
              + "\"");
    }
    return text;
  }

  /** A password is not sent in clear because somebody on the way disturbed a handshake. */
  private boolean hasLogin(String sender) {
    return context.settings().saslEnabled
        && !(context.passwords().find(sender, target.host(), target.site())
            instanceof Passwords.Answer.None);
  }

  private @Nullable Failure prepare(String sender) {
    try {
      Failure failure = null;
      if (context.settings().wrapperMode) {
        failure = tls.shakeHands();
      }
      if (failure == null) {
        failure = hello.greet();
      }
      if (failure == null && !tls.isEncrypted()) {
        failure = tls.start();
        if (failure == null && tls.isEncrypted()) {
          failure = hello.hello(true);
        }
      }
      if (failure == null && context.settings().saslEnabled && hello.features().auth()) {
        at(Stage.LOGIN, "performing SASL authentication");
        failure = new LoginStep(context, this).run(sender);
      } else if (failure == null && !target.site().login().isEmpty()) {
        failure =
            LoginStep.notNow(target.label(), "the server does not offer to authenticate anybody");
      }
      return failure;
    } catch (IOException e) {
      return failure(e);
    }
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
  void at(Stage newStage, String newDoing) {
    stage = newStage;
    doing = newDoing;
  }

  /** What a broken connection means at this point: never more than "later". */
  Failure failure(IOException e) {
    alive = false;
    if (e instanceof LocalDataException) {
      context.warning(e.getMessage() + "; a reply of " + target.label() + " cannot be judged");
      return Failure.of(
          Stage.LOCAL, "4.3.0", "local data error while talking to " + target.label());
    }
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
    if (failure.stage() == Stage.LOCAL) {
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

  /** Who is told how TLS goes, or null. */
  @Nullable TlsReport tlsReport() {
    return report;
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
    return hello.features();
  }

  boolean isEncrypted() {
    return tls.isEncrypted();
  }

  /** Whether the server said something between its last reply and our first message over TLS. */
  boolean hasSpokenEarly() throws IOException {
    return context.settings().blocksEarlyMailReply
        && uses == 1
        && tls.isEncrypted()
        && wire.hasSpoken();
  }

  /** Whether the end of a message goes a while after the rest of it. */
  boolean delaysDot() {
    return hello.pix().delayedDot();
  }

  boolean isVerified() {
    return tls.isVerified();
  }

  /** How many messages this connection has been asked to carry. */
  int uses() {
    return uses;
  }

  void countUse() {
    uses++;
    if (uses > 1) {
      tls.noteReuse();
    }
  }

  boolean isAlive() {
    return alive;
  }

  /** Who is logged in; empty if nobody is. */
  String user() {
    return user;
  }

  void loggedIn(String newUser) {
    user = newUser;
  }

  /** Whether a message is just being read from the spool and sent. */
  boolean isAtContent() {
    return stage == Stage.DATA;
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
        && (policy.reuse() || !tls.isEncrypted())
        && !hasSpokenUnasked()
        && now - openedAt < settings.cacheReuseNanos
        && (settings.cacheReuseCount == 0 || uses < settings.cacheReuseCount);
  }

  /** A reply too many would be taken for the answer to the next message's first command. */
  private boolean hasSpokenUnasked() {
    try {
      return wire.hasSpoken();
    } catch (IOException _) {
      return true;
    }
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
    if (!tls.hasFailed() && alive && stage != Stage.GREETING) {
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

  @Override
  public String toString() {
    return target.labelWithPort().toLowerCase(Locale.ROOT);
  }
}
