package dev.postrider.smtp;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import dev.postrider.account.AccountUse;
import dev.postrider.account.Resting;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus.Attempt;
import dev.postrider.delivery.Retry;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import dev.postrider.failure.Incident;
import dev.postrider.failure.Stage;
import dev.postrider.failure.Treatment;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;
import dev.postrider.sasl.Credentials;
import dev.postrider.secret.SecretSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the failures of one delivery mean, which account they are about, and what that has to
 * do with later attempts. For one thread.
 */
final class Diagnostics {
  private static final EnhancedStatusCode REFUSED = EnhancedStatusCode.of("5.7.8");
  private static final EnhancedStatusCode RESTS = EnhancedStatusCode.of("4.7.0");

  /** For an account whose provider says after the login that it may not be used. */
  private static final Duration UNUSABLE = Duration.ofHours(6);

  /** For an account that works again since it was asked for. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final ClientContext context;
  private final FailureRules rules;
  private final DeliveryRequest request;
  private final String sender;
  private final String recipient;
  private final Incident.Way way;

  Diagnostics(ClientParts parts, DeliveryRequest request) {
    this.context = parts.context();
    this.rules = parts.rules();
    this.request = request;
    this.sender = request.envelope().sender().internal();
    this.recipient = request.recipients().getFirst().mailbox().external();
    this.way = way(request);
  }

  /** The servers of the recipient's own domain, or one that passes mail on for us. */
  private static Incident.Way way(DeliveryRequest request) {
    String domain = request.recipients().getFirst().mailbox().domain();
    return request.nextHop().destination().equalsIgnoreCase(domain)
        ? Incident.Way.DIRECT
        : Incident.Way.RELAY;
  }

  Diagnosis of(Failure failure, Attempt attempt, @Nullable Target target) {
    boolean concernsLogin = failure.reply() != null || failure.stage() == Stage.LOGIN;
    Account account =
        target == null || !concernsLogin
            ? null
            : account(target.host(), target.site()).orElse(null);
    String host = target == null ? "" : target.host();
    int port = target == null ? 0 : target.site().port();
    Facts facts = facts(account);
    Stage stage = failure.stage();
    Reply reply = failure.reply();
    Optional<Advice> advice;
    if (reply != null) {
      advice =
          rules.find(
              Incident.ofReply(stage, reply.code(), reply.oneLine(), host, port, way), facts);
    } else if (target != null) {
      advice = rules.find(new Incident(stage, 0, failure.text(), host, port, way), facts);
    } else {
      advice = rules.explain(failure.text(), facts);
    }
    return new Diagnosis(failure, attempt, advice.orElse(null), account, null);
  }

  private Facts facts(@Nullable Account account) {
    return new Facts(
        request.envelope().sender().external(),
        recipient,
        account == null ? "" : account.name().login(),
        request.content().size());
  }

  /** The login for a server, if there is one. */
  Optional<Account> account(String host, Site site) {
    if (!context.settings().saslEnabled) {
      return Optional.empty();
    }
    return switch (context.passwords().find(sender, host, site)) {
      case Passwords.Answer.Found(Credentials credentials) ->
          Optional.of(account(host, credentials));
      // A token is renewed: it is no mark of a login that stays the same.
      case Passwords.Answer.Named(var login)
          when login.source() instanceof SecretSource.OAuth(var tokens) ->
          Optional.of(
              Account.ofTokens(
                  new AccountName(login.user(), host.toLowerCase(Locale.ROOT)), tokens));
      case Passwords.Answer.Named(var login)
          when context.sources().resolve(login)
              instanceof LoginSources.Resolved.Ready(Credentials credentials) ->
          Optional.of(account(host, credentials));
      case Passwords.Answer.Named _,
          Passwords.Answer.None _,
          Passwords.Answer.Missing _,
          Passwords.Answer.Unavailable _ ->
          Optional.empty();
    };
  }

  /** Who logs in at a server, without asking for the secret; empty if nobody does. */
  String user(String host, Site site) {
    if (!context.settings().saslEnabled) {
      return "";
    }
    return switch (context.passwords().find(sender, host, site)) {
      case Passwords.Answer.Found(Credentials credentials) -> credentials.user();
      case Passwords.Answer.Named(var login) -> login.user();
      case Passwords.Answer.None _, Passwords.Answer.Missing _, Passwords.Answer.Unavailable _ ->
          "";
    };
  }

  private static Account account(String host, Credentials credentials) {
    return new Account(
        new AccountName(credentials.user(), host.toLowerCase(Locale.ROOT)), credentials);
  }

  /**
   * Why the account for a server is not to be used now, if so.
   *
   * @param waits whether the mail waits for this account then
   */
  Optional<Diagnosis> resting(String host, Site site, Attempt attempt, boolean waits) {
    LoginRefusals refusals = context.refusals();
    if (refusals.allWork()) {
      return Optional.empty();
    }
    return account(host, site)
        .flatMap(account ->
            (isNotice() ? refusals.restingForNotice(account) : refusals.resting(account, waits))
                .map(resting -> diagnosis(account, resting, attempt)));
  }

  private Diagnosis diagnosis(Account account, Resting resting, Attempt attempt) {
    AccountState state = resting.state();
    String refusals =
        state.refusals() == 0
            ? ""
            : ", " + state.refusals() + (state.refusals() == 1 ? " refusal" : " refusals");
    String text =
        state.kind() == AccountState.Kind.NEEDS_LOGIN
            ? state.reason()
            : "account "
                + state.name()
                + " "
                + state.kind().words()
                + refusals
                + ": "
                + state.reason();
    Failure failure = new Failure(Stage.LOGIN, state.refusals() == 0 ? RESTS : REFUSED, text, null);
    Advice advice = rules.explain(state.reason(), facts(account)).orElse(null);
    return new Diagnosis(failure, attempt, advice, account, resting.pause());
  }

  /** An account that is at the end of what it may send. */
  Diagnosis limited(AccountKeys keys, AccountUse.Wait wait, Attempt attempt) {
    String text = "account " + keys.name() + " waits: " + wait.limit() + " is used up";
    Failure failure = new Failure(Stage.LOGIN, RESTS, text, null);
    Advice advice =
        rules
            .explain(
                text,
                new Facts(
                    request.envelope().sender().external(),
                    recipient,
                    keys.user(),
                    request.content().size()))
            .orElse(null);
    return new Diagnosis(failure, attempt, advice, null, wait.pause());
  }

  /**
   * Leaves a message to the next account: what the failure says of this one counts all the same.
   */
  void passedOver(Diagnosis diagnosis) {
    Account account = diagnosis.account();
    if (account == null || diagnosis.parked() != null) {
      return;
    }
    awaitLogin(account, diagnosis);
    switch (treatment(diagnosis)) {
      case Treatment.RestAccount(var pace) -> context.refusals().rest(account, pace, diagnosis);
      case Treatment.HoldAccount _ when diagnosis.failure().stage() != Stage.LOGIN ->
          context.refusals().rest(account, UNUSABLE, diagnosis);
      case Treatment.HoldAccount _,
          Treatment.AsReplied _,
          Treatment.Bounce _,
          Treatment.Defer _,
          Treatment.SlowDown _,
          Treatment.HoldMessage _ -> {}
    }
  }

  /**
   * When mail is tried again that several accounts in turn did not take.
   *
   * @param all what became of it at each
   */
  Retry retry(List<Diagnosis> all) {
    List<Retry> retries = new ArrayList<>();
    for (Diagnosis each : all) {
      Account account = each.account();
      boolean rested = each.parked() != null && account != null && !isNotice();
      // It was asked as one that would not wait; now it does.
      retries.add(
          rested && account != null
              ? context
                  .refusals()
                  .resting(account)
                  .<Retry>map(resting -> new Retry.Parked(resting.pause()))
                  .orElse(new Retry.Parked(SOON))
              : retry(each));
    }
    return Retries.soonest(retries);
  }

  /** When mail that is deferred for this is tried again; tells the account's state of it. */
  Retry retry(Diagnosis diagnosis) {
    Duration parked = diagnosis.parked();
    if (parked != null) {
      return new Retry.Parked(parked);
    }
    Account account = diagnosis.account();
    if (account != null) {
      awaitLogin(account, diagnosis);
    }
    Retry retry =
        switch (treatment(diagnosis)) {
          case Treatment.AsReplied _, Treatment.Bounce _ -> new Retry.Usual();
          case Treatment.Defer(var pace) ->
              pace == null ? new Retry.Usual() : new Retry.After(pace);
          case Treatment.SlowDown _ -> new Retry.Slower();
          case Treatment.HoldMessage _ -> new Retry.OnHold();
          case Treatment.RestAccount(var pace) -> rest(diagnosis, pace);
          case Treatment.HoldAccount _ ->
              diagnosis.failure().stage() == Stage.LOGIN
                  ? new Retry.Usual()
                  : rest(diagnosis, UNUSABLE);
        };
    if (account == null || diagnosis.failure().stage() != Stage.LOGIN) {
      return retry;
    }
    return context
        .refusals()
        .resting(account)
        .<Retry>map(resting -> new Retry.Parked(resting.pause()))
        .orElse(retry);
  }

  /** Mail does not grow too old while a person must log in first. */
  private void awaitLogin(Account account, Diagnosis diagnosis) {
    if (diagnosis.failure().stage() == Stage.LOGIN
        && !account.tokens().isEmpty()
        && context.sources().tokens().obstacle(account.tokens()).isPresent()) {
      context.refusals().needsLogin(account, diagnosis.failure().text());
    }
  }

  private Retry rest(Diagnosis diagnosis, Duration pace) {
    Account account = diagnosis.account();
    if (account == null) {
      return new Retry.After(pace);
    }
    context.refusals().rest(account, pace, diagnosis);
    return context
        .refusals()
        .resting(account)
        .<Retry>map(resting -> new Retry.Parked(resting.pause()))
        .orElseGet(() -> new Retry.After(pace));
  }

  /** A notice that is refused is no reason to hold notices: forged senders make any number. */
  Treatment treatment(Diagnosis diagnosis) {
    Treatment treatment = diagnosis.treatment();
    return treatment instanceof Treatment.HoldMessage && isNotice()
        ? new Treatment.AsReplied()
        : treatment;
  }

  /** Whether the message is one of this system's own about another, which nobody waits for. */
  private boolean isNotice() {
    return request.envelope().sender() instanceof ReversePath.Null
        || (request.envelope().sender() instanceof ReversePath.Sender(var mailbox)
            && mailbox.localPart().equals(context.settings().doubleBounceSender));
  }
}
