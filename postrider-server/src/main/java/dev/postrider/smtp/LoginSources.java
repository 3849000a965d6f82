package dev.postrider.smtp;

import dev.postrider.io.ReadRights;
import dev.postrider.oauth.AccessTokens;
import dev.postrider.oauth.LoginAlarm;
import dev.postrider.oauth.TokenAnswer;
import dev.postrider.oauth.TokenStore;
import dev.postrider.sasl.Credentials;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretAnswer;
import dev.postrider.secret.SecretLogin;
import dev.postrider.secret.SecretSource;
import dev.postrider.secret.Secrets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the secrets of logins come from that a table only names. One for a whole daemon, so that a
 * token is renewed once for all that use it; nothing of it is made, and no file is read, before the
 * first such login. Safe on any thread.
 */
public final class LoginSources {
  /** What came of one login. */
  sealed interface Resolved {
    /** It can be tried. */
    record Ready(Credentials credentials) implements Resolved {}

    /** It cannot: mail waits. */
    record NotNow(String reason) implements Resolved {}
  }

  private final Supplier<Secrets> makeSecrets;
  private final Supplier<AccessTokens> makeTokens;
  private @Nullable Secrets secrets;
  private @Nullable AccessTokens tokens;

  /** Each is made when it is needed, once. */
  public LoginSources(Supplier<Secrets> secrets, Supplier<AccessTokens> tokens) {
    this.makeSecrets = secrets;
    this.makeTokens = tokens;
  }

  /**
   * With this process's environment.
   *
   * @param dataDirectory where the tokens are
   */
  public static LoginSources of(
      Path dataDirectory, ReadRights rights, InstantSource clock, LoginAlarm alarm) {
    Supplier<Secrets> secrets = () -> Secrets.of(System.getenv(), rights);
    return new LoginSources(
        secrets, () -> AccessTokens.of(new TokenStore(dataDirectory), secrets.get(), clock, alarm));
  }

  private synchronized Secrets secrets() {
    @Nullable Secrets made = secrets;
    if (made == null) {
      made = makeSecrets.get();
      secrets = made;
    }
    return made;
  }

  synchronized AccessTokens tokens() {
    @Nullable AccessTokens made = tokens;
    if (made == null) {
      made = makeTokens.get();
      tokens = made;
    }
    return made;
  }

  /** Fetches the secret of a login; may wait for a program or a provider. */
  Resolved resolve(SecretLogin login) {
    return switch (login.source()) {
      case SecretSource.Stored stored ->
          switch (secrets().fetch(stored)) {
            case SecretAnswer.Found(var secret) ->
                new Resolved.Ready(new Credentials(login.user(), secret.text()));
            case SecretAnswer.Unavailable(var reason) -> new Resolved.NotNow(reason);
          };
      case SecretSource.OAuth(var account) -> of(login, tokens().token(account));
    };
  }

  /** A token in place of one that the server has refused. */
  Resolved inPlaceOf(SecretLogin login, String account, Credentials refused) {
    return of(login, tokens().inPlaceOf(account, Secret.of(refused.password())));
  }

  private static Resolved of(SecretLogin login, TokenAnswer answer) {
    return switch (answer) {
      case TokenAnswer.Token(var token) ->
          new Resolved.Ready(new Credentials(login.user(), token.text(), Credentials.Kind.TOKEN));
      case TokenAnswer.NeedsLogin(_, var reason) -> new Resolved.NotNow(reason);
      case TokenAnswer.Unavailable(var reason) -> new Resolved.NotNow(reason);
    };
  }

  /** A server has refused a password. */
  void refused(SecretLogin login) {
    if (login.source() instanceof SecretSource.Stored stored) {
      secrets().forget(stored);
    }
  }

  /** A person asked for a new attempt. */
  synchronized void tryAgain() {
    @Nullable AccessTokens made = tokens;
    if (made != null) {
      made.tryAgain();
    }
  }
}
