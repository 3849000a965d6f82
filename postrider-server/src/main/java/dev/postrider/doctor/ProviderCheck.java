package dev.postrider.doctor;

import dev.postrider.account.AccountState;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import dev.postrider.smtp.LoginOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Whether the servers of relayhost and transport_maps can be used as the settings say: TLS, the
 * certificate, and the login. Sends nothing. A login that was refused is not tried again before its
 * time, so that a monitor which looks every minute does not lock an account.
 */
public final class ProviderCheck implements Check {
  private static final String FAILED = "failed: ";

  /** Goes there by the parts that deliver. */
  public interface Trial {
    /**
     * Connects, and logs in where that is configured.
     *
     * @param service of master.cf whose client it is
     * @param destination as relayhost has it
     * @param say takes each step; the one that failed begins with {@code failed:}
     */
    LoginOutcome run(String service, String destination, Consumer<String> say)
        throws IOException, InterruptedException;
  }

  private final Subject subject;
  private final Trial trial;
  private final AccountsCheck.Source accounts;
  private final FailureRules rules;

  public ProviderCheck(
      Subject subject, Trial trial, AccountsCheck.Source accounts, FailureRules rules) {
    this.subject = subject;
    this.trial = trial;
    this.accounts = accounts;
    this.rules = rules;
  }

  @Override
  public Area area() {
    return Area.PROVIDER;
  }

  @Override
  public String subject() {
    return "TLS and the login with the provider";
  }

  @Override
  public boolean asksNetwork() {
    return true;
  }

  @Override
  public List<Finding> look() throws IOException, InterruptedException {
    List<Finding> found = new ArrayList<>();
    for (Relay relay : Relay.all(subject)) {
      if (relay.host().port() != 0) {
        look(relay, found);
      }
    }
    return found;
  }

  private void look(Relay relay, List<Finding> found) throws IOException, InterruptedException {
    String host = relay.host().host().toLowerCase(Locale.ROOT);
    for (AccountState each : accounts.stopped()) {
      if (each.name().server().equals(host)) {
        found.add(
            Finding.note(
                "login-not-tried",
                "%s: the login %s is not tried, because it %s"
                    .formatted(relay.host().written(), each.name().login(), each.kind().words()),
                "one try more could lock the account"));
        return;
      }
    }
    List<String> steps = new ArrayList<>();
    LoginOutcome outcome = trial.run(relay.service(), relay.host().destination(), steps::add);
    String place = relay.host().destination() + ": ";
    switch (outcome) {
      case WORKS -> found.add(Finding.ok("provider", place + String.join("; ", steps)));
      // RelayCheck says more of that.
      case UNREACHABLE -> {}
      case UNUSABLE -> found.add(failed("provider-unusable", relay, steps));
      case REFUSED -> found.add(failed("login-refused", relay, steps));
      case NOT_NOW -> found.add(failed("login-not-now", relay, steps));
      case SENDER_REFUSED -> found.add(failed("sender-refused", relay, steps));
    }
  }

  private Finding failed(String id, Relay relay, List<String> steps) {
    String reason =
        steps.stream()
            .filter(step -> step.startsWith(FAILED))
            .map(step -> step.substring(FAILED.length()))
            .findFirst()
            .orElse(String.join("; ", steps));
    Optional<Advice> advice = rules.explain(reason, Facts.none());
    return Finding.error(
        id,
        relay.host().destination() + ": " + reason,
        advice.map(known -> known.what() + " ").orElse("") + "Mail waits.",
        advice.map(Advice::remedy).orElse("look at " + relay.setting()));
  }
}
