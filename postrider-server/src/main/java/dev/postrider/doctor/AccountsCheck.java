package dev.postrider.doctor;

import dev.postrider.account.AccountAlarm;
import dev.postrider.account.AccountState;
import dev.postrider.failure.Actor;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the accounts at providers are in use: not stopped, and with leave to log in. */
public final class AccountsCheck implements Check {
  /** Reads what there is; the two kinds of states are kept by different parts. */
  public interface Source {
    /** Accounts that are not used at present. */
    List<AccountState> stopped() throws IOException;

    /** Accounts with tokens. */
    List<dev.postrider.oauth.AccountState> tokens() throws IOException, InterruptedException;
  }

  private final Subject subject;
  private final Source source;
  private final FailureRules rules;

  public AccountsCheck(Subject subject, Source source, FailureRules rules) {
    this.subject = subject;
    this.source = source;
    this.rules = rules;
  }

  @Override
  public Area area() {
    return Area.PROVIDER;
  }

  @Override
  public String subject() {
    return "the accounts";
  }

  @Override
  public List<Finding> look() throws IOException, InterruptedException {
    List<Finding> found = new ArrayList<>();
    List<AccountState> stopped = source.stopped();
    for (AccountState each : stopped) {
      found.add(stopped(each));
    }
    for (dev.postrider.oauth.AccountState each : source.tokens()) {
      // The login that uses it is told of already, if mail waits for it.
      String known = "account " + each.account() + " needs a login";
      each.problem()
          .filter(_ -> stopped.stream().noneMatch(login -> login.reason().contains(known)))
          .ifPresent(why ->
              found.add(
                  Finding.error(
                      "needs-login",
                      "the account " + each.account() + " needs a login: " + why,
                      "its mail waits until then",
                      subject.command("postrider login", each.account()))));
    }
    return found.isEmpty() ? List.of(Finding.ok("accounts", "no account is stopped")) : found;
  }

  private Finding stopped(AccountState state) {
    Optional<AccountAlarm> alarm = AccountAlarm.of(state, rules);
    if (state.kind() == AccountState.Kind.NEEDS_LOGIN && alarm.isPresent()) {
      return Finding.error(
          "needs-login",
          "the " + alarm.get().headline(),
          "it is kept, however long that takes",
          alarm.get().remedy());
    }
    Optional<Advice> advice =
        rules.explain(state.reason(), new Facts("", "", state.name().login(), 0));
    String what =
        "the account " + state.name() + " " + state.kind().words() + ": " + state.reason();
    String follows = "its mail is kept; the next try is at " + state.until();
    String mend = advice.filter(each -> each.who() != Actor.NOBODY).map(Advice::remedy).orElse("");
    return state.kind() == AccountState.Kind.HELD
        ? Finding.error("account-held", what, follows, mend)
        : Finding.warning("account-rests", what, follows, mend);
  }
}
