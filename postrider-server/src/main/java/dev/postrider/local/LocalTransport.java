package dev.postrider.local;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.StatusSink;
import dev.postrider.delivery.Transport;
import dev.postrider.helper.Helper;
import dev.postrider.intake.Intake;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Delivers mail for this machine's own names: aliases first, then the mailbox of the user [local].
 * Safe on any thread.
 *
 * <p>A mailbox is written with its user's rights only. Whatever this version cannot do — commands,
 * files, list files and {@code .forward} — makes the mail wait and says why; it is never bounced
 * and never put where the user does not look for it.
 */
public final class LocalTransport implements Transport {
  private static final String PROCESS = "local";

  /** Settings that send mail elsewhere than to a mailbox; a later version knows them. */
  private static final List<String> LATER =
      List.of(
          "mailbox_transport", "mailbox_transport_maps", "mailbox_command", "mailbox_command_maps");

  private static final List<String> LATER_FOR_UNKNOWN =
      List.of("fallback_transport", "fallback_transport_maps", "luser_relay");

  private final Config config;
  private final MailLog log;
  private final Accounts accounts;
  private final Aliases aliases;
  private final Forwarder forwarder;
  private final UserMailbox mailboxes;

  /**
   * @param localDomain whether a domain is one of this machine's (mydestination and own addresses)
   * @param helper acts with the rights of whose mailbox it is
   * @throws ConfigException for an alias_maps that cannot be
   */
  public LocalTransport(
      Config config,
      MailLog log,
      Tables tables,
      Intake intake,
      Predicate<String> localDomain,
      Helper helper,
      InstantSource clock)
      throws ConfigException {
    this.config = config;
    this.log = log;
    this.accounts = new Accounts();
    this.aliases = new Aliases(config, tables, localDomain);
    this.forwarder = new Forwarder(intake, config.text("myorigin"));
    this.mailboxes = new UserMailbox(config, clock, helper);
  }

  @Override
  public void deliver(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    each(request, sink, this::deliverOne);
  }

  /** Looks aliases and users up, as delivery would. */
  @Override
  public void probe(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    each(request, sink, (_, recipient) -> probeOne(recipient));
  }

  /** What is done about one recipient. */
  @FunctionalInterface
  private interface Step {
    Done run(DeliveryRequest request, Recipient recipient) throws IOException, InterruptedException;
  }

  /** A step that succeeded. */
  private record Done(String text, DeliveryStatus.Completion completion) {
    static Done delivered(String text) {
      return new Done(text, DeliveryStatus.Completion.DELIVERED);
    }

    static Done forwarded(String text) {
      return new Done(text, DeliveryStatus.Completion.EXPANDED);
    }
  }

  private void each(DeliveryRequest request, StatusSink sink, Step step)
      throws InterruptedException {
    for (Recipient recipient : request.recipients()) {
      DeliveryStatus.Attempt attempt = DeliveryStatus.Attempt.here(PROCESS, "local");
      sink.report(recipient, status(request, recipient, attempt, step));
    }
  }

  private DeliveryStatus status(
      DeliveryRequest request, Recipient recipient, DeliveryStatus.Attempt attempt, Step step)
      throws InterruptedException {
    try {
      Done done = step.run(request, recipient);
      return new DeliveryStatus.Sent(
          EnhancedStatusCode.of("2.0.0"), done.text(), attempt, done.completion());
    } catch (DeliveryFailure e) {
      EnhancedStatusCode code = EnhancedStatusCode.of(e.code());
      String text = String.valueOf(e.getMessage());
      return code.klass() == 5
          ? new DeliveryStatus.Bounced(code, text, attempt)
          : new DeliveryStatus.Deferred(code, text, attempt);
    } catch (IOException e) {
      return deferred("local delivery: " + e.getMessage(), attempt);
    } catch (RuntimeException e) {
      log.bug(PROCESS, request.queueId() + ": to=<" + recipient.mailbox() + ">", e);
      return deferred("internal error; see the log", attempt);
    }
  }

  private static DeliveryStatus deferred(String text, DeliveryStatus.Attempt attempt) {
    return new DeliveryStatus.Deferred(EnhancedStatusCode.of("4.3.0"), text, attempt);
  }

  private Done probeOne(Recipient recipient) throws IOException, InterruptedException {
    return switch (aliases.expand(recipient.mailbox().localPart())) {
      case Expansion.ToUser user ->
          Done.delivered(mailboxes.probe(account(user), user.extension()));
      case Expansion.Forward forward -> Done.forwarded(probe(forward));
      case Expansion.Wait(String code, String reason) -> throw new DeliveryFailure(code, reason);
      case Expansion.Refuse(String code, String reason) -> throw new DeliveryFailure(code, reason);
    };
  }

  private String probe(Expansion.Forward forward) throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder("forwards to ");
    String separator = "";
    for (Mailbox target : forward.targets()) {
      text.append(separator).append(target.external());
      separator = ", ";
    }
    Expansion.@Nullable ToUser self = forward.alsoUser();
    return self == null
        ? text.toString()
        : mailboxes.probe(account(self), self.extension()) + ", " + text;
  }

  private Done deliverOne(DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    if (LoopCheck.passedHereBefore(request.content(), recipient)) {
      throw new DeliveryFailure(
          "5.4.6", "mail forwarding loop for " + recipient.mailbox().external());
    }
    return switch (aliases.expand(recipient.mailbox().localPart())) {
      case Expansion.ToUser user -> Done.delivered(toUser(user, request, recipient));
      case Expansion.Forward forward -> Done.forwarded(forward(forward, request, recipient));
      case Expansion.Wait(String code, String reason) -> throw new DeliveryFailure(code, reason);
      case Expansion.Refuse(String code, String reason) -> throw new DeliveryFailure(code, reason);
    };
  }

  /** The mailbox comes first: it fails more often, and then nothing was forwarded yet. */
  private String forward(Expansion.Forward forward, DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    Expansion.@Nullable ToUser self = forward.alsoUser();
    if (self == null) {
      return "forwarded as " + forwarder.forward(request, recipient, forward);
    }
    @Nullable DeliveryFailure refused = null;
    try {
      String _ = toUser(self, request, recipient);
    } catch (DeliveryFailure e) {
      if (!e.code().startsWith("5")) {
        throw e;
      }
      refused = e;
    }
    String id = forwarder.forward(request, recipient, forward);
    if (refused != null) {
      throw refused;
    }
    return "forwarded as " + id;
  }

  private String toUser(Expansion.ToUser user, DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    return mailboxes.deliver(account(user), user.extension(), request, recipient);
  }

  private Account account(Expansion.ToUser user) throws IOException, InterruptedException {
    Optional<Account> account = accounts.find(user.user());
    if (account.isEmpty()) {
      refuseLaterSettings(LATER_FOR_UNKNOWN);
      throw new DeliveryFailure("5.1.1", "unknown user: \"" + user.user() + "\"");
    }
    refuseLaterSettings(LATER);
    return account.get();
  }

  private void refuseLaterSettings(List<String> names) throws DeliveryFailure {
    for (String name : names) {
      if (!config.text(name).isEmpty()) {
        throw new DeliveryFailure(
            "4.3.5",
            name
                + " = "
                + config.text(name)
                + " is set, and this version delivers to addresses and mailboxes only; remove that"
                + " setting to have the mail in the mailbox");
      }
    }
  }
}
