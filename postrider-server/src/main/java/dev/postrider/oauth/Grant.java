package dev.postrider.oauth;

import dev.postrider.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The leave that a person has given for one account, and the tokens it has brought. Immutable.
 *
 * @param refresh renews the leave; empty if the provider gave none, so that the person must come
 *     again when the access token has run out
 * @param problem why a person must log in again, if so
 */
public record Grant(
    String account,
    IdentityProvider provider,
    OAuthClient client,
    Optional<Secret> refresh,
    Optional<Access> access,
    Optional<Problem> problem) {
  /** Before it runs out an access token is renewed, lest it run out under way. */
  private static final Duration MARGIN = Duration.ofMinutes(10);

  /**
   * An access token.
   *
   * @param since when it was asked for, by our clock
   * @param until when it runs out, by our clock: counted from the question, so that neither the
   *     provider's clock nor a slow answer matters
   */
  public record Access(Secret token, Instant since, Instant until) {
    /** Whether it is good for some time. */
    boolean isFresh(Instant now) {
      Duration quarter = Duration.between(since, until).dividedBy(4);
      Duration margin = quarter.compareTo(MARGIN) < 0 ? quarter : MARGIN;
      return isValid(now) && now.isBefore(until.minus(margin));
    }

    /** Whether it may still do; not if our clock was set back behind its beginning. */
    boolean isValid(Instant now) {
      return now.isBefore(until) && !now.isBefore(since);
    }
  }

  /**
   * Why the account does not work.
   *
   * @param reason a sentence for a person
   * @param since when it was found out
   * @param byServer whether a mail server refused a token that the provider had just given; the
   *     cause may then be mended without a new login
   */
  public record Problem(String reason, Instant since, boolean byServer) {}

  Grant withAccess(Optional<Secret> newRefresh, Access newAccess) {
    return new Grant(
        account, provider, client, newRefresh.or(() -> refresh), Optional.of(newAccess), problem);
  }

  Grant withProblem(Optional<Problem> newProblem) {
    return new Grant(account, provider, client, refresh, access, newProblem);
  }
}
