package dev.postrider.smtp;

import dev.postrider.account.AccountUse;
import dev.postrider.account.Limit;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus.Attempt;
import dev.postrider.failure.Stage;
import dev.postrider.mail.envelope.Recipient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the account for a server may be used now: it does not rest, and is not at the end of what
 * it may send. For one delivery and one thread.
 */
final class AccountGate {
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final LimitTables limits;
  private final AccountUse use;
  private final Diagnostics diagnostics;
  private final String queueId;

  /** What was granted and not used yet, or null. */
  private @Nullable Grant grant;

  /** Whose room was too small for all recipients, and the limit that says so; or null. */
  private @Nullable AccountKeys tooSmall;

  private AccountUse.@Nullable Wait tooMany;

  private record Grant(AccountKeys account, int recipients) {}

  /**
   * Why an account is not used.
   *
   * @param mayPass whether another account may take the mail at once
   */
  record Closed(Diagnosis diagnosis, boolean mayPass) {}

  AccountGate(ClientParts parts, Diagnostics diagnostics, DeliveryRequest request) {
    this.limits = parts.limits();
    this.use = parts.context().refusals().use();
    this.diagnostics = diagnostics;
    this.queueId = request.queueId();
  }

  /** Whether there are limits at all. */
  boolean hasLimits() {
    return !limits.isEmpty();
  }

  /**
   * Asks for leave to use an account.
   *
   * @param waits whether the mail waits for this account if it rests
   * @return empty if it may be used now, for as many recipients as {@link #recipients} says
   */
  Optional<Closed> closed(
      AccountKeys account, List<Recipient> recipients, Attempt attempt, boolean waits) {
    Optional<Diagnosis> resting =
        diagnostics.resting(account.host(), account.site(), attempt, waits);
    if (resting.isPresent()) {
      return Optional.of(new Closed(resting.get(), true));
    }
    return grant != null || limits.isEmpty()
        ? Optional.empty()
        : limited(account, recipients, attempt);
  }

  private Optional<Closed> limited(
      AccountKeys account, List<Recipient> recipients, Attempt attempt) {
    AccountKeys named =
        new AccountKeys(
            diagnostics.user(account.host(), account.site()), account.host(), account.site());
    return switch (limits.find(named)) {
      case LimitTables.Answer.Unlimited _ -> Optional.empty();
      case LimitTables.Answer.Unknown(var reason) ->
          Optional.of(
              new Closed(
                  diagnostics.of(Failure.of(Stage.LOCAL, "4.3.0", reason), attempt, null), false));
      case LimitTables.Answer.Limited(var most) -> {
        // Several parts of one message each wait for a turn of their own.
        String message = queueId + " " + recipients.getFirst().mailbox().internal();
        yield switch (use.ask(named.name(), most, message, recipients.size())) {
          case AccountUse.Granted(int granted) -> {
            grant = new Grant(named, granted);
            if (granted < recipients.size()) {
              tooSmall = named;
              tooMany = new AccountUse.Wait(most.ofRecipients(), AGAIN);
            }
            yield Optional.empty();
          }
          case AccountUse.Wait wait ->
              Optional.of(
                  new Closed(
                      diagnostics.limited(named, wait, attempt),
                      wait.limit().kind() != Limit.Kind.RATE));
        };
      }
    };
  }

  /** How many of some recipients the message may be sent to now. */
  int recipients(int wanted) {
    return grant == null ? wanted : Math.min(wanted, grant.recipients());
  }

  /** What becomes of those recipients who are more than an account may have in one message. */
  Diagnosis full(Attempt attempt) {
    return diagnostics.limited(
        Objects.requireNonNull(tooSmall), Objects.requireNonNull(tooMany), attempt);
  }

  /**
   * A message was sent, or nothing came of it.
   *
   * @param taken recipients whom the server took it for
   */
  void ended(int taken) {
    Grant over = grant;
    if (over != null) {
      grant = null;
      use.ended(over.account().name(), over.recipients(), taken);
    }
  }
}
