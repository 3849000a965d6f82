package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.mail.reply.Reply;
import dev.postrider.oauth.TokenAnswer;
import dev.postrider.sasl.Credentials;
import dev.postrider.sasl.MechanismChoice;
import dev.postrider.sasl.SaslClient;
import dev.postrider.sasl.SaslException;
import dev.postrider.secret.SecretLogin;
import dev.postrider.secret.SecretSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The AUTH exchange of one session (RFC 4954). For one thread. */
final class LoginStep {
  private static final String PASSWORD_MAPS = "smtp_sasl_password_maps";

  /** More rounds than any mechanism has. */
  private static final int MAX_ROUNDS = 10;

  /**
   * Octets before base64 that fit, with AUTH and the mechanism's name, into the command line that
   * every server must take (RFC 4954 §4: 12,288).
   */
  private static final int MAX_INITIAL = 9_000;

  private final ClientContext context;
  private final ClientSession session;
  private final String server;

  LoginStep(ClientContext context, ClientSession session) {
    this.context = context;
    this.session = session;
    this.server = session.target().label();
  }

  /**
   * What makes a connection useless: a login without which nothing is to be sent, and whose secret
   * is not to be had now; null if there is no such thing.
   */
  static @Nullable Failure obstacle(ClientContext context, Target target, String sender) {
    Site site = target.site();
    if (!context.settings().saslEnabled) {
      return site.login().isEmpty()
          ? null
          : notNow(
              target.label(),
              "the next hop "
                  + site.whole()
                  + " names a login, and "
                  + context.settings().dialect.parameter("smtp_sasl_auth_enable")
                  + " = no");
    }
    return switch (context.passwords().find(sender, target.host(), site)) {
      case Passwords.Answer.Named(var login)
          when context.sources().resolve(login)
              instanceof LoginSources.Resolved.NotNow(var reason) ->
          notNow(target.label(), reason);
      case Passwords.Answer.Missing(var reason) ->
          notNow(
              target.label(),
              reason + ": add it to " + context.settings().dialect.parameter(PASSWORD_MAPS));
      case Passwords.Answer.Unavailable(var reason) when !site.login().isEmpty() ->
          notNow(target.label(), reason);
      case Passwords.Answer.Named _,
          Passwords.Answer.Found _,
          Passwords.Answer.None _,
          Passwords.Answer.Unavailable _ ->
          null;
    };
  }

  static Failure notNow(String server, String reason) {
    return Failure.of(
        Stage.LOGIN, "4.7.0", "cannot log in to server " + server + " now: " + reason);
  }

  /** Logs in if there is a login for this server; null on success and where there is none. */
  @Nullable Failure run(String sender) throws IOException {
    Target target = session.target();
    return switch (context.passwords().find(sender, target.host(), target.site())) {
      case Passwords.Answer.None _ -> null;
      case Passwords.Answer.Unavailable(var reason) -> {
        context.warning(name(PASSWORD_MAPS) + " lookup error: " + reason);
        yield Failure.of(Stage.LOCAL, "4.3.0", "local data error while talking to " + server);
      }
      case Passwords.Answer.Missing(var reason) -> notNow(server, reason);
      case Passwords.Answer.Found(var credentials) -> login(credentials);
      case Passwords.Answer.Named(var login) -> named(login);
    };
  }

  private @Nullable Failure named(SecretLogin login) throws IOException {
    return switch (context.sources().resolve(login)) {
      case LoginSources.Resolved.NotNow(var reason) -> notNow(server, reason);
      case LoginSources.Resolved.Ready(var credentials) -> {
        if (login.source() instanceof SecretSource.OAuth(var account)) {
          yield token(login, account, credentials);
        }
        Failure failure = login(credentials);
        if (failure != null && failure.reply() != null) {
          context.sources().refused(login);
        }
        yield failure;
      }
    };
  }

  private @Nullable Failure login(Credentials credentials) throws IOException {
    Optional<Reply> refused = context.refusals().remembered(server, credentials);
    if (refused.isPresent()) {
      return Failure.reply(
          Stage.LOGIN,
          refused.get(),
          "SASL [CACHED] authentication failed; server "
              + server
              + " said: "
              + refused.get().oneLine());
    }
    return switch (attempt(credentials)) {
      case Attempt.Failed(var failure) -> failure;
      case Attempt.Replied(var reply) when reply.code() / 100 == 2 -> {
        context.refusals().accepted(server, credentials);
        session.loggedIn(credentials.user());
        yield null;
      }
      case Attempt.Replied(var reply) -> {
        if (reply.isPermanent()) {
          context.refusals().refused(server, credentials, reply);
        }
        yield refusal(reply);
      }
    };
  }

  private Failure refusal(Reply reply) {
    return Failure.reply(
        Stage.LOGIN,
        reply,
        "SASL authentication failed; server " + server + " said: " + reply.oneLine());
  }

  /** With a token: one that is refused may only be old, so that a new one has a try. */
  private @Nullable Failure token(SecretLogin login, String account, Credentials first)
      throws IOException {
    return switch (attempt(first)) {
      case Attempt.Failed(var failure) -> failure;
      case Attempt.Replied(var reply) when reply.code() / 100 == 2 -> accepted(account, first);
      case Attempt.Replied(var reply) when !reply.isPermanent() -> refusal(reply);
      case Attempt.Replied _ ->
          switch (context.sources().inPlaceOf(login, account, first)) {
            case LoginSources.Resolved.NotNow(var reason) -> notNow(server, reason);
            case LoginSources.Resolved.Ready(var second) -> secondToken(account, second);
          };
    };
  }

  private @Nullable Failure secondToken(String account, Credentials second) throws IOException {
    return switch (attempt(second)) {
      case Attempt.Failed(var failure) -> failure;
      case Attempt.Replied(var reply) when reply.code() / 100 == 2 -> accepted(account, second);
      case Attempt.Replied(var reply) when !reply.isPermanent() -> refusal(reply);
      case Attempt.Replied(var reply) ->
          switch (context
              .sources()
              .tokens()
              .refused(account, server + " refused a new token: " + reply.oneLine())) {
            case TokenAnswer.NeedsLogin(_, var reason) -> notNow(server, reason);
            case TokenAnswer.Unavailable(var reason) -> notNow(server, reason);
            case TokenAnswer.Token _ -> refusal(reply);
          };
    };
  }

  private @Nullable Failure accepted(String account, Credentials token) {
    session.loggedIn(token.user());
    context.sources().tokens().accepted(account);
    context.refusals().accepted(server, token);
    return null;
  }

  /** What one exchange came to. */
  private sealed interface Attempt {
    /** It came to an end, with yes or no. */
    record Replied(Reply reply) implements Attempt {}

    /** It did not. */
    record Failed(Failure failure) implements Attempt {}
  }

  private Attempt attempt(Credentials credentials) throws IOException {
    boolean named = onlyTokensAreNamed();
    if ((credentials.isToken() || named) && !session.isEncrypted() && !isThisMachine()) {
      return new Attempt.Failed(
          Failure.of(
              Stage.LOGIN,
              "4.7.0",
              "SASL authentication failed; a token is not sent to "
                  + server
                  + " without TLS: set "
                  + name("smtp_tls_security_level")
                  + " = encrypt"));
    }
    List<String> offered = filtered(session.features().mechanisms());
    List<String> options = options();
    MechanismChoice choice =
        new MechanismChoice(
            offered,
            options,
            new MechanismChoice.Server(session.target().host(), session.target().site().port()),
            named);
    Optional<SaslClient> client = choice.strongest(credentials);
    return client.isPresent()
        ? exchange(client.get())
        : new Attempt.Failed(noMechanism(choice, credentials, offered, options));
  }

  /** Whether smtp_sasl_mechanism_filter asks for tokens and nothing else. */
  private boolean onlyTokensAreNamed() {
    List<String> filter = context.settings().saslMechanismFilter;
    return !filter.isEmpty() && filter.stream().allMatch(MechanismChoice::takesTokens);
  }

  private boolean isThisMachine() {
    return switch (session.target()) {
      case Target.LocalSocket _ -> true;
      case Target.Host host -> host.address().isLoopbackAddress();
    };
  }

  private List<String> options() {
    if (session.isVerified()) {
      return context.settings().saslVerifiedOptions;
    }
    return session.isEncrypted()
        ? context.settings().saslTlsOptions
        : context.settings().saslOptions;
  }

  private List<String> filtered(List<String> offered) {
    List<String> filter = context.settings().saslMechanismFilter;
    if (filter.isEmpty()) {
      return offered;
    }
    List<String> kept = new ArrayList<>();
    for (String mechanism : offered) {
      for (String word : filter) {
        boolean negated = word.startsWith("!");
        String name = (negated ? word.substring(1) : word).toUpperCase(Locale.ROOT);
        if (name.equals(mechanism) || name.startsWith("STATIC:")) {
          if (!negated) {
            kept.add(mechanism);
          }
          break;
        }
      }
    }
    return kept;
  }

  private Failure noMechanism(
      MechanismChoice choice, Credentials credentials, List<String> offered, List<String> options) {
    String announced = String.join(" ", session.features().mechanisms());
    String obstacle = choice.obstacle(credentials);
    context.warning("SASL authentication failure: No worthy mechs found");
    if (!obstacle.isEmpty()) {
      String parameter =
          name(
              session.isEncrypted()
                  ? "smtp_sasl_tls_security_options"
                  : "smtp_sasl_security_options");
      context.warning(
          server
              + ": the server offers only "
              + announced
              + ", which "
              + parameter
              + " = "
              + String.join(", ", options)
              + " refuses ("
              + obstacle
              + "); "
              + remedy());
    } else if (offered.isEmpty()) {
      context.warning(
          server
              + ": the server offers "
              + (announced.isEmpty() ? "no mechanism" : announced)
              + ", of which "
              + name("smtp_sasl_mechanism_filter")
              + " leaves nothing");
    } else {
      context.warning(
          server
              + ": the server offers only "
              + announced
              + (credentials.isToken() ? "; for a token there are " : "; supported here are ")
              + choice.ours(credentials));
    }
    return Failure.of(
        Stage.LOGIN,
        "4.7.0",
        "SASL authentication failed; cannot authenticate to server "
            + server
            + ": no mechanism available");
  }

  private String remedy() {
    return session.isEncrypted()
        ? "set " + name("smtp_sasl_tls_security_options") + " = noanonymous"
        : "use TLS ("
            + name("smtp_tls_security_level")
            + " = encrypt) and set "
            + name("smtp_sasl_tls_security_options")
            + " = noanonymous; without TLS the password can be read by anyone on the way";
  }

  private String name(String smtpName) {
    return context.settings().dialect.parameter(smtpName);
  }

  private Attempt exchange(SaslClient client) throws IOException {
    int timeout = context.settings().helloTimeout;
    Reply reply =
        session.secret(authCommand(client), "AUTH " + client.mechanism() + " ********", timeout);
    try {
      for (int round = 0; reply.code() / 100 == 3; round++) {
        if (round == MAX_ROUNDS) {
          return new Attempt.Failed(
              Failure.of(
                  Stage.LOGIN,
                  "4.7.0",
                  "SASL authentication failed; authentication protocol loop with server "
                      + server));
        }
        byte[] answer = client.respond(challenge(client, reply));
        if (!client.refusal().isEmpty()) {
          context.warning(server + ": the server refuses the token: " + client.refusal());
        }
        reply = session.secret(Base64.getEncoder().encodeToString(answer), "********", timeout);
      }
      if (reply.code() / 100 == 2 && !client.isComplete()) {
        // A SCRAM server may put its proof behind 235 (RFC 4954 §4 has it in a challenge).
        byte[] _ = client.respond(decoded(lastWord(reply)));
      }
    } catch (SaslException e) {
      return new Attempt.Failed(cancelled(e));
    }
    return new Attempt.Replied(reply);
  }

  private static String authCommand(SaslClient client) {
    byte[] initial = client.initialResponse();
    String command = "AUTH " + client.mechanism();
    return initial.length == 0 || initial.length > MAX_INITIAL
        ? command
        : command + " " + Base64.getEncoder().encodeToString(initial);
  }

  /** The prompts of LOGIN count by their order, so that one in clear text does no harm. */
  private static byte[] challenge(SaslClient client, Reply reply) throws SaslException {
    return client.mechanism().equals("LOGIN") ? new byte[0] : decoded(reply.lines().getFirst());
  }

  private static byte[] decoded(String base64) throws SaslException {
    try {
      return Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException _) {
      throw new SaslException("the server's challenge is no base64");
    }
  }

  private static String lastWord(Reply reply) {
    String text = reply.lines().getLast().strip();
    return text.substring(text.lastIndexOf(' ') + 1);
  }

  private Failure cancelled(SaslException e) throws IOException {
    Reply _ = session.command("*", context.settings().helloTimeout);
    return Failure.of(
        Stage.LOGIN,
        "4.7.0",
        "SASL authentication failed; cannot authenticate to server "
            + server
            + ": "
            + e.getMessage());
  }
}
