package dev.postrider.oauth;

import dev.postrider.secret.Secret;
import dev.postrider.secret.Secrets;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives access tokens and renews them: ten minutes before they run out, one question at a time for
 * each account in all processes, the new refresh token on the disk before the new access token is
 * used. Safe on any thread; may wait for the provider, half a minute at most, and as long for
 * another process.
 */
public final class AccessTokens {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A queue full of mail does not ask a provider that is down a thousand times. */
  private static final Duration REST = Duration.ofSeconds(30);

  /** A token that a server refused is tried again, as a setting there may have been mended. */
  private static final Duration SERVER_REST = Duration.ofHours(1);

  /** Errors that no later question mends, only a person (RFC 6749 §5.2, OpenID Connect). */
  private static final Set<String> FINAL =
      Set.of(
          "invalid_grant",
          "invalid_client",
          "unauthorized_client",
          "invalid_scope",
          "interaction_required",
          "consent_required",
          "login_required",
          "access_denied");

  private record Failed(String reason, Instant until) {}

  /** What is known of one account in this process. */
  private static final class Slot {
    final ReentrantLock renewing = new ReentrantLock();
    volatile @Nullable Failed failed;

    /** When what a server has refused may be tried again. */
    volatile Instant notBefore = Instant.MIN;

    volatile boolean tryNow;
  }

  private final TokenStore store;
  private final TokenClient client;
  private final InstantSource clock;
  private final LoginAlarm alarm;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();

  AccessTokens(TokenStore store, TokenClient client, InstantSource clock, LoginAlarm alarm) {
    this.store = store;
    this.client = client;
    this.clock = clock;
    this.alarm = alarm;
  }

  /**
   * Asks providers over the network.
   *
   * @param secrets for the secrets of clients
   */
  public static AccessTokens of(
      TokenStore store, Secrets secrets, InstantSource clock, LoginAlarm alarm) {
    return new AccessTokens(
        store, new TokenClient(new HttpEndpoint(PATIENCE), secrets, clock), clock, alarm);
  }

  /** A token that is good for some time. */
  public TokenAnswer token(String account) {
    return answer(account, null);
  }

  /**
   * A token in place of one that a server has refused: a new one, unless somebody has renewed it
   * since.
   */
  public TokenAnswer inPlaceOf(String account, Secret refused) {
    return answer(account, refused);
  }

  /** Whether a person must log in first, without asking anybody. */
  public Optional<TokenAnswer.NeedsLogin> obstacle(String account) {
    try {
      Optional<Grant> grant = store.load(account);
      return grant.isEmpty() ? Optional.of(never(account)) : blocked(grant.get());
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private TokenAnswer answer(String account, @Nullable Secret refused) {
    try {
      Optional<Grant> grant = store.load(account);
      if (grant.isEmpty()) {
        return never(account);
      }
      Optional<TokenAnswer> settled = settled(grant.get(), refused);
      return settled.isPresent() ? settled.get() : renewedByOne(account, refused);
    } catch (IOException e) {
      return new TokenAnswer.Unavailable(String.valueOf(e.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new TokenAnswer.Unavailable(
          "account " + account + ": interrupted, as the daemon stops");
    }
  }

  /** An answer that needs no question; empty if the provider must be asked. */
  private Optional<TokenAnswer> settled(Grant grant, @Nullable Secret refused) {
    Optional<TokenAnswer.NeedsLogin> blocked = blocked(grant);
    if (blocked.isPresent()) {
      return Optional.of(blocked.get());
    }
    Instant now = clock.instant();
    Optional<Grant.Access> access = grant.access();
    if (access.isPresent() && access.get().isFresh(now) && !isSame(access.get(), refused)) {
      return Optional.of(new TokenAnswer.Token(access.get().token()));
    }
    @Nullable Failed failed = slot(grant.account()).failed;
    return failed != null && now.isBefore(failed.until)
        ? Optional.of(lateOr(grant, refused, failed.reason))
        : Optional.empty();
  }

  private TokenAnswer renewedByOne(String account, @Nullable Secret refused)
      throws IOException, InterruptedException {
    ReentrantLock renewing = slot(account).renewing;
    renewing.lockInterruptibly();
    try (Closeable _ = store.lock(account)) {
      // Whoever had the lock before may have done it.
      Optional<Grant> grant = store.load(account);
      if (grant.isEmpty()) {
        return never(account);
      }
      Optional<TokenAnswer> settled = settled(grant.get(), refused);
      return settled.isPresent() ? settled.get() : renew(grant.get(), refused);
    } finally {
      renewing.unlock();
    }
  }

  private TokenAnswer renew(Grant grant, @Nullable Secret refused)
      throws IOException, InterruptedException {
    if (grant.refresh().isEmpty()) {
      return blocking(
          grant, "the provider gave no refresh token, and the access token ran out", false);
    }
    return switch (client.renew(grant, grant.refresh().get())) {
      case TokenReply.Granted(var access, var refresh) -> {
        slot(grant.account()).failed = null;
        store.save(grant.withAccess(refresh, access));
        yield new TokenAnswer.Token(access.token());
      }
      case TokenReply.Refused answer when FINAL.contains(answer.error()) ->
          blocking(grant, grant.provider().name() + " said " + answer.words(), false);
      case TokenReply.Refused answer ->
          failed(grant, refused, grant.provider().name() + " said " + answer.words());
      case TokenReply.Unreachable(var reason) -> failed(grant, refused, reason);
    };
  }

  private TokenAnswer failed(Grant grant, @Nullable Secret refused, String why) {
    String reason = "account " + grant.account() + ": no new token: " + why;
    slot(grant.account()).failed = new Failed(reason, clock.instant().plus(REST));
    return lateOr(grant, refused, reason);
  }

  /** A token that has not run out yet is better than none. */
  private TokenAnswer lateOr(Grant grant, @Nullable Secret refused, String reason) {
    return grant
        .access()
        .filter(access -> access.isValid(clock.instant()) && !isSame(access, refused))
        .<TokenAnswer>map(access -> new TokenAnswer.Token(access.token()))
        .orElseGet(() -> new TokenAnswer.Unavailable(reason));
  }

  private static boolean isSame(Grant.Access access, @Nullable Secret refused) {
    return refused != null && access.token().equals(refused);
  }

  /**
   * A server has refused a token that was just renewed: the account stops until a person looks.
   *
   * @param reply the server's words
   */
  public TokenAnswer refused(String account, String reply) {
    try (Closeable _ = store.lock(account)) {
      Optional<Grant> grant = store.load(account);
      return grant.isEmpty() ? never(account) : blocking(grant.get(), reply, true);
    } catch (IOException e) {
      return new TokenAnswer.Unavailable(String.valueOf(e.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new TokenAnswer.Unavailable(
          "account " + account + ": interrupted, as the daemon stops");
    }
  }

  /** A server has taken a token. */
  public void accepted(String account) {
    try {
      if (store.load(account).flatMap(Grant::problem).isEmpty()) {
        return;
      }
      try (Closeable _ = store.lock(account)) {
        Optional<Grant> grant = store.load(account);
        if (grant.isPresent() && grant.get().problem().isPresent()) {
          store.save(grant.get().withProblem(Optional.empty()));
          alarm.worksAgain(account);
        }
      }
    } catch (IOException _) {
      // The login has worked; the state is put right at the next one.
      return;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** A person asked for a new attempt: what a server refused is tried again. */
  public void tryAgain() {
    for (Slot slot : slots.values()) {
      slot.failed = null;
      slot.notBefore = Instant.MIN;
      slot.tryNow = true;
    }
  }

  private TokenAnswer.NeedsLogin blocking(Grant grant, String reason, boolean byServer)
      throws IOException, InterruptedException {
    Slot slot = slot(grant.account());
    slot.tryNow = false;
    slot.notBefore = clock.instant().plus(SERVER_REST);
    Optional<Grant.Problem> known = grant.problem();
    Instant since = known.map(Grant.Problem::since).orElseGet(clock::instant);
    store.save(grant.withProblem(Optional.of(new Grant.Problem(reason, since, byServer))));
    if (known.isEmpty()) {
      alarm.needsLogin(grant.account(), reason);
    }
    return needsLogin(grant.account(), reason);
  }

  private Optional<TokenAnswer.NeedsLogin> blocked(Grant grant) {
    return grant
        .problem()
        .filter(problem -> !problem.byServer() || !isDue(grant.account(), problem))
        .map(problem -> needsLogin(grant.account(), problem.reason()));
  }

  private boolean isDue(String account, Grant.Problem problem) {
    Slot slot = slot(account);
    Instant now = clock.instant();
    return slot.tryNow
        || !(now.isBefore(slot.notBefore) || now.isBefore(problem.since().plus(SERVER_REST)));
  }

  private static TokenAnswer.NeedsLogin never(String account) {
    return needsLogin(account, "nobody has logged in yet");
  }

  private static TokenAnswer.NeedsLogin needsLogin(String account, String reason) {
    return new TokenAnswer.NeedsLogin(
        account,
        "account "
            + account
            + " needs a login: "
            + reason
            + " (run: postrider login "
            + account
            + ")");
  }

  private Slot slot(String account) {
    return slots.computeIfAbsent(account, _ -> new Slot());
  }
}
