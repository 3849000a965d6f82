package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.MessageContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.tls.TlsPolicy;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Connects and logs in by the parts that deliver, sends nothing, and tells a person each step. For
 * one thread.
 */
final class LoginTrial {
  private static final int SUBMISSIONS = 465;

  private final ClientParts parts;
  private final ClientContext context;
  private final Consumer<String> say;

  LoginTrial(ClientParts parts, Consumer<String> say) {
    this.parts = parts;
    this.context = parts.context();
    this.say = say;
  }

  boolean run(String destination, ReversePath sender) throws InterruptedException {
    Optional<Site> site = Site.parse(destination, context.settings().defaultPort);
    if (site.isEmpty()) {
      return no("\"" + destination + "\" is no server: use host, host:port, [host] or [host]:port");
    }
    if (!context.settings().saslEnabled) {
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
    TlsPolicy policy;
    switch (parts.policies().find(site.get())) {
      case TlsPolicies.Answer.Policy(var found) -> policy = found;
      case TlsPolicies.Answer.Broken(var reason) -> {
        return no(reason);
      }
    }
    return switch (parts.walk().find(site.get())) {
      case MxWalk.Result.Failed(var failure) -> no(failure.text());
      case MxWalk.Result.Ours(var failure) -> no(failure.text());
      case MxWalk.Result.Targets(var targets) -> overTargets(targets, policy, sender);
    };
  }

  private boolean overTargets(List<Target.Host> targets, TlsPolicy policy, ReversePath sender)
      throws InterruptedException {
    for (Target.Host target : targets) {
      String user;
      switch (context.passwords().find(sender.internal(), target.host(), target.site().written())) {
        case Passwords.Answer.Found(var credentials) -> user = credentials.user();
        case Passwords.Answer.Named(var login) -> user = login.user();
        case Passwords.Answer.Unavailable(var reason) -> {
          return no(reason);
        }
        case Passwords.Answer.None _ -> {
          return no(
              name("smtp_sasl_password_maps")
                  + " has no login for "
                  + target.site().written()
                  + " (the text there must be the same, letter for letter)");
        }
      }
      say.accept("connecting to " + target.labelWithPort());
      switch (ClientSession.open(context, target, policy, nothing(sender, target))) {
        case ClientSession.Opened.Ready(var session) -> {
          return ready(session, user);
        }
        case ClientSession.Opened.Failed(var failure, _) -> {
          say.accept("failed: " + failure.text());
          parts.adviser().advise("login", target.labelWithPort(), failure);
          if (failure.stage() != Failure.Stage.CONNECT) {
            // Another address would hear the same password once more.
            return false;
          }
        }
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException("stopping");
      }
    }
    return false;
  }

  private boolean ready(ClientSession session, String user) {
    try {
      say.accept(
          session.isEncrypted()
              ? "encrypted" + (session.isVerified() ? ", the certificate is right" : "")
              : "in clear: anyone on the way can read what is sent");
      if (!session.features().auth()) {
        return no("the server asks nobody to log in here (it announces no AUTH)");
      }
      say.accept("logged in as " + user + "; nothing was sent");
      return true;
    } finally {
      session.quit();
    }
  }

  private boolean no(String why) {
    say.accept("failed: " + why);
    return false;
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
