package dev.postrider.account;

import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An account whose mail waits until a person has done something, in words that are the same in the
 * head of a listing, on the screen of a status and in a notification. Immutable.
 *
 * @param name which
 * @param state as a predicate
 * @param since when it began
 * @param what happened
 * @param remedy what the person is to do
 */
public record AccountAlarm(
    AccountName name, String state, Instant since, String what, String remedy) {
  /** As package oauth writes it: what is wrong with the account's tokens, and the command. */
  private static final Pattern LOGIN =
      Pattern.compile("account \\S+ needs a login: (.*) \\(run: (.*)\\)$", Pattern.DOTALL);

  /** Those of some accounts that want a person. */
  public static List<AccountAlarm> all(List<AccountState> states, FailureRules rules) {
    List<AccountAlarm> found = new ArrayList<>();
    for (AccountState each : states) {
      of(each, rules).ifPresent(found::add);
    }
    return found;
  }

  /** Empty if the account goes on by itself. */
  public static Optional<AccountAlarm> of(AccountState state, FailureRules rules) {
    if (!state.kind().wantsPerson()) {
      return Optional.empty();
    }
    String login = state.name().login();
    Matcher tokens = LOGIN.matcher(state.reason());
    if (state.kind() == AccountState.Kind.NEEDS_LOGIN && tokens.find()) {
      return Optional.of(of(state, tokens.group(1), tokens.group(2)));
    }
    Optional<Advice> advice = rules.explain(state.reason(), new Facts("", "", login, -1));
    return Optional.of(
        advice
            .map(known -> of(state, known.what(), known.remedy()))
            .orElseGet(() ->
                of(
                    state,
                    state.reason(),
                    "mend the cause, then: postrider account resume " + login)));
  }

  private static AccountAlarm of(AccountState state, String what, String remedy) {
    return new AccountAlarm(state.name(), state.kind().words(), state.since(), what, remedy);
  }

  /** What is so, one sentence. */
  public String headline() {
    return "account " + name + " " + state + ", and its mail waits: " + what;
  }
}
