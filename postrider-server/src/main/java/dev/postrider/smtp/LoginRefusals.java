package dev.postrider.smtp;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountStates;
import dev.postrider.account.AccountUse;
import dev.postrider.account.Resting;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import dev.postrider.failure.Incident;
import dev.postrider.failure.Stage;
import dev.postrider.mail.reply.Reply;
import dev.postrider.sasl.Credentials;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells {@link AccountStates} of logins that were refused or taken, and asks it which are to be
 * left alone, so that a queue full of mail does not hammer a server with a bad password until it
 * locks the account. Safe on any thread.
 */
final class LoginRefusals {
  private final AccountStates states;
  private final FailureRules rules;

  LoginRefusals(AccountStates states, FailureRules rules) {
    this.states = states;
    this.rules = rules;
  }

  /**
   * What the server said when this login was last refused, while it is not to be tried again: some
   * sessions are under way when the first of them is refused.
   *
   * @param server {@code host[address]}; a host's addresses are one server
   */
  Optional<Reply> remembered(String server, Credentials credentials) {
    return resting(account(server, credentials))
        .filter(resting -> resting.state().refusals() > 0)
        .map(resting -> reply(resting.state().reason()));
  }

  private static Reply reply(String reason) {
    int said = reason.indexOf(" said: ");
    String text = said < 0 ? "" : reason.substring(said + " said: ".length());
    return text.length() > 4 && text.substring(0, 3).matches("5[0-9][0-9]")
        ? Reply.of(Integer.parseInt(text.substring(0, 3)), text.substring(4))
        : Reply.of(535, "5.7.8 " + reason);
  }

  void refused(String server, Credentials credentials, Reply reply) {
    Account account = account(server, credentials);
    String rule =
        rules
            .find(
                Incident.ofReply(
                    Stage.LOGIN,
                    reply.code(),
                    reply.oneLine(),
                    account.name().server(),
                    0,
                    Incident.Way.RELAY),
                Facts.none())
            .map(Advice::rule)
            .orElse("");
    states.refused(
        account.name(),
        credentials.password(),
        rule,
        "SASL authentication failed; server " + server + " said: " + reply.oneLine());
  }

  /** The login was taken; that ends refusals, but no quota. */
  void accepted(String server, Credentials credentials) {
    if (!states.allWork()) {
      states.loggedIn(account(server, credentials).name());
    }
  }

  /** A message was taken. */
  void worked(Account account) {
    states.worked(account.name());
  }

  boolean allWork() {
    return states.allWork();
  }

  boolean works(Account account) {
    return states.works(account.name());
  }

  /** What the accounts sent that have limits. */
  AccountUse use() {
    return states.use();
  }

  Optional<Resting> resting(Account account) {
    return resting(account, /* waits= */ true);
  }

  /** See {@link AccountStates#resting(AccountName, String, boolean)}. */
  Optional<Resting> resting(Account account, boolean waits) {
    return states.allWork()
        ? Optional.empty()
        : states.resting(account.name(), account.credentials().password(), waits);
  }

  /** The same for what tells of failures: it never finds out whether an account works again. */
  Optional<Resting> restingForNotice(Account account) {
    return states.stopped(account.name());
  }

  /** Lets an account rest whose login is good. */
  void rest(Account account, Duration pace, Diagnosis diagnosis) {
    Advice advice = diagnosis.advice();
    states.rest(
        account.name(),
        account.credentials().password(),
        pace,
        advice == null ? "" : advice.rule(),
        diagnosis.failure().text());
  }

  /** Nothing can be sent by an account until a person logs in. */
  void needsLogin(Account account, String reason) {
    states.needsLogin(account.name(), account.credentials().password(), reason);
  }

  /** The delivery of this thread is over. */
  void done() {
    states.done();
  }

  /** A person asked for a new attempt. */
  void forgetAll() {
    states.allowTry();
  }

  private static Account account(String server, Credentials credentials) {
    int bracket = server.indexOf('[');
    String host = bracket < 0 ? server : server.substring(0, bracket);
    return new Account(
        new AccountName(credentials.user(), host.toLowerCase(Locale.ROOT)), credentials);
  }
}
