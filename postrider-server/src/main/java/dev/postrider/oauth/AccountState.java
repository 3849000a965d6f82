package dev.postrider.oauth;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How an account is, for people and monitoring; holds no secret. Immutable.
 *
 * @param provider its name, or empty where the file cannot be read
 * @param problem why a person must log in, or why the file cannot be read; empty if it works
 * @param since when the problem was found out
 * @param accessUntil when the access token in hand runs out; it is renewed before
 * @param renews whether tokens are renewed without a person
 */
public record AccountState(
    String account,
    String provider,
    Optional<String> problem,
    Optional<Instant> since,
    Optional<Instant> accessUntil,
    boolean renews) {
  /** The word that lists and monitors use. */
  public String word() {
    return problem.isPresent() ? "needs-login" : "ok";
  }

  /** Of one grant. */
  static AccountState of(Grant grant) {
    return new AccountState(
        grant.account(),
        grant.provider().name(),
        grant.problem().map(Grant.Problem::reason),
        grant.problem().map(Grant.Problem::since),
        grant.access().map(Grant.Access::until),
        grant.refresh().isPresent());
  }

  /**
   * Of all accounts, sorted by name.
   *
   * @throws IOException if the caller may not look
   */
  public static List<AccountState> all(TokenStore store) throws IOException, InterruptedException {
    List<AccountState> states = new ArrayList<>();
    for (String account : store.accounts()) {
      try {
        store.load(account).map(AccountState::of).ifPresent(states::add);
      } catch (IOException e) {
        states.add(
            new AccountState(
                account,
                "",
                Optional.of(String.valueOf(e.getMessage())),
                Optional.empty(),
                Optional.empty(),
                false));
      }
    }
    return states;
  }
}
