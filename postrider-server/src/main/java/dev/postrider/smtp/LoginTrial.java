package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.MessageContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.Incident;
import dev.postrider.failure.Stage;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.reply.Reply;
import dev.postrider.tls.TlsPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects, logs in and names the sender by the parts that deliver, sends nothing, and tells a
 * person each step. For one thread.
 */
final class LoginTrial {
  private static final int SUBMISSIONS = 465;

  private final ClientParts parts;
  private final ClientContext context;
  private final Consumer<String> say;
  private final Consumer<Advice> advise;
  private final boolean wantsLogin;

  /**
   * @param advise takes what the rules know of a failure, after its line
   * @param wantsLogin whether it is a failure that no login is configured
   */
  LoginTrial(ClientParts parts, Consumer<String> say, Consumer<Advice> advise, boolean wantsLogin) {
    this.wantsLogin = wantsLogin;
    this.parts = parts;
    this.context = parts.context();
    this.say = say;
    this.advise = advise;
  }

  LoginOutcome run(String destination, ReversePath sender) throws InterruptedException {
    Optional<Site> site = Site.parse(destination, context.settings().defaultPort);
    if (site.isEmpty()) {
      return no("\"" + destination + "\" is no server: use host, host:port, [host] or [host]:port");
    }
    if (wantsLogin && !context.settings().saslEnabled) {
      return no(name("smtp_sasl_auth_enable") + " = no: set it to yes, or nobody logs in");
    }
    if (site.get().port() == SUBMISSIONS && !context.settings().wrapperMode) {
      return no(
          "port 465 speaks TLS from the first byte: set "
              + name("smtp_tls_wrappermode")
              + " = yes and "
              + name("smtp_tls_security_level")
              + " = encrypt, or use port 587");
    }
    TlsPolicies.Answer.Policy policy;
    switch (parts.policies().find(site.get())) {
      case TlsPolicies.Answer.Policy found -> policy = found;
      case TlsPolicies.Answer.Broken(var reason) -> {
        return no(reason);
      }
    }
    return switch (parts.walk().find(site.get())) {
      case MxWalk.Result.Failed(var failure) -> {
        say.accept("failed: " + failure.text());
        yield LoginOutcome.UNREACHABLE;
      }
      case MxWalk.Result.Ours(var failure) -> no(failure.text());
      case MxWalk.Result.Targets(var targets) -> overTargets(targets, policy, sender);
    };
  }

  private LoginOutcome overTargets(
      List<Target.Host> targets, TlsPolicies.Answer.Policy found, ReversePath sender)
      throws InterruptedException {
    for (Target.Host target : targets) {
      String user = "";
      switch (!context.settings().saslEnabled
          ? new Passwords.Answer.None()
          : context.passwords().find(sender.internal(), target.host(), target.site())) {
        case Passwords.Answer.Found(var credentials) -> user = credentials.user();
        case Passwords.Answer.Named(var login) -> user = login.user();
        case Passwords.Answer.Unavailable(var reason) -> {
          return no(reason);
        }
        case Passwords.Answer.Missing(var reason) -> {
          return no(reason);
        }
        case Passwords.Answer.None _ when !wantsLogin -> user = "";
        case Passwords.Answer.None _ -> {
          return no(
              name("smtp_sasl_password_maps")
                  + " has no login for "
                  + target.site().written()
                  + " (the text there must be the same, letter for letter)");
        }
      }
      TlsPolicy policy;
      switch (parts.policies().at(target, found)) {
        case TlsPolicies.Answer.Policy(var settled, _) -> policy = settled;
        case TlsPolicies.Answer.Broken(var reason) -> {
          return no(reason);
        }
      }
      say.accept("connecting to " + target.labelWithPort());
      switch (ClientSession.open(context, target, policy, nothing(sender, target))) {
        case ClientSession.Opened.Ready(var session) -> {
          return ready(session, user, sender, target);
        }
        case ClientSession.Opened.Failed(var failure, _) -> {
          say.accept("failed: " + failure.text());
          parts
              .rules()
              .find(incident(failure, target), new Facts(sender.external(), "", user, 0))
              .ifPresent(advise);
          if (failure.stage() == Stage.LOGIN) {
            // Another address would hear the same password once more.
            return login(failure.reply());
          }
          if (failure.stage() != Stage.CONNECT) {
            return LoginOutcome.UNUSABLE;
          }
        }
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException("stopping");
      }
    }
    return LoginOutcome.UNREACHABLE;
  }

  private static LoginOutcome login(@Nullable Reply reply) {
    return reply == null
        ? LoginOutcome.UNUSABLE
        : reply.code() / 100 == 4 ? LoginOutcome.NOT_NOW : LoginOutcome.REFUSED;
  }

  private LoginOutcome ready(ClientSession session, String user, ReversePath path, Target target) {
    String sender = path.internal();
    try {
      say.accept(
          session.isEncrypted()
              ? "encrypted" + (session.isVerified() ? ", the certificate is right" : "")
              : "in clear: anyone on the way can read what is sent");
      if (user.isEmpty()) {
        return sender.isEmpty() ? LoginOutcome.WORKS : takes(session, user, path, target);
      }
      if (!session.features().auth()) {
        return no("the server asks nobody to log in here (it announces no AUTH)");
      }
      say.accept("logged in as " + user + (sender.isEmpty() ? "; nothing was sent" : ""));
      return sender.isEmpty() ? LoginOutcome.WORKS : takes(session, user, path, target);
    } finally {
      session.quit();
    }
  }

  /** Whether the server takes mail of a sender; takes it back at once. */
  private LoginOutcome takes(ClientSession session, String user, ReversePath path, Target target) {
    String sender = path.internal();
    try {
      int timeout = context.settings().helloTimeout;
      Reply reply = session.command("MAIL FROM:<" + sender + ">", timeout);
      if (reply.code() / 100 != 2) {
        say.accept("failed: it does not take " + sender + " as sender: " + reply.oneLine());
        Failure failure = Failure.reply(Stage.MAIL, reply, reply.oneLine());
        parts
            .rules()
            .find(incident(failure, target), new Facts(path.external(), "", user, 0))
            .ifPresent(advise);
        return LoginOutcome.SENDER_REFUSED;
      }
      Reply _ = session.command("RSET", timeout);
      say.accept("takes " + sender + " as sender; nothing was sent");
      return LoginOutcome.WORKS;
    } catch (IOException e) {
      say.accept("failed: " + session.failure(e).text());
      return LoginOutcome.UNUSABLE;
    }
  }

  private LoginOutcome no(String why) {
    say.accept("failed: " + why);
    return LoginOutcome.UNUSABLE;
  }

  private static Incident incident(Failure failure, Target target) {
    Stage stage = failure.stage();
    String host = target.host();
    int port = target.site().port();
    Reply reply = failure.reply();
    return reply == null
        ? new Incident(stage, 0, failure.text(), host, port, Incident.Way.RELAY)
        : Incident.ofReply(stage, reply.code(), reply.oneLine(), host, port, Incident.Way.RELAY);
  }

  private String name(String smtpName) {
    return context.settings().dialect.parameter(smtpName);
  }

  /** A session begins for a message; this one has none. */
  private static DeliveryRequest nothing(ReversePath sender, Target target) {
    return new DeliveryRequest(
        "login",
        Instant.EPOCH,
        Envelope.of(sender, List.of()),
        List.of(),
        new NextHop("smtp", target.site().written()),
        new MessageContent() {
          @Override
          public long size() {
            return 0;
          }

          @Override
          public InputStream open() {
            return InputStream.nullInputStream();
          }
        });
  }
}
