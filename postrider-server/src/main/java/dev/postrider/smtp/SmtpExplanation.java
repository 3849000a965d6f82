package dev.postrider.smtp;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import dev.postrider.account.Resting;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Outlook;
import dev.postrider.delivery.Trace;
import dev.postrider.failure.Facts;
import dev.postrider.mail.address.AddressLiteral;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.sasl.Credentials;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.AddressLookup.Answer;
import dev.postrider.tls.StsUse;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsPolicy;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tells where a delivery would go and how it would be protected, by the parts that deliver; opens
 * no connection to a mail server. For one thread.
 */
final class SmtpExplanation {
  private final ClientParts parts;
  private final Trace trace;

  SmtpExplanation(ClientParts parts, Trace trace) {
    this.parts = parts;
    this.trace = trace;
  }

  Outlook explain(ReversePath sender, Mailbox recipient, NextHop nextHop) {
    Mailbox from = sender instanceof ReversePath.Sender(var mailbox) ? generic(mailbox) : null;
    Mailbox _ = generic(recipient);
    boolean lmtp = parts.context().settings().dialect == Dialect.LMTP;
    String destination = nextHop.destination();
    if (lmtp && destination.startsWith(Delivery.UNIX)) {
      Path socket =
          parts
              .context()
              .settings()
              .queueDirectory
              .resolve(destination.substring(Delivery.UNIX.length()));
      say("server", destination, "Unix socket " + socket);
      return Outlook.DELIVERS;
    }
    boolean tagged = lmtp && destination.startsWith(Delivery.INET);
    Outlook last = Outlook.WAITS;
    boolean found = false;
    for (String text :
        parts.withFallback(tagged ? destination.substring(Delivery.INET.length()) : destination)) {
      Optional<Site> site = Site.parse(text, parts.context().settings().defaultPort);
      if (site.isEmpty()) {
        say("next hop", text, "cannot be read: use host, host:port, [host] or [host]:port");
        continue;
      }
      last = explain(site.get(), sender.internal());
      if (from != null) {
        sender(site.get(), sender.internal(), from);
      }
      found |= last == Outlook.DELIVERS;
    }
    return found ? Outlook.DELIVERS : last;
  }

  /** What the account for a next hop makes of the sender. */
  private void sender(Site site, String sender, Mailbox from) {
    if (!parts.addresses().changesSenders()) {
      return;
    }
    String user =
        switch (parts.context().passwords().find(sender, site.host(), site)) {
          case Passwords.Answer.Found(var credentials) -> credentials.user();
          case Passwords.Answer.Named(var login) -> login.user();
          case Passwords.Answer.None _,
              Passwords.Answer.Missing _,
              Passwords.Answer.Unavailable _ ->
              "";
        };
    SenderChanges changes =
        parts.addresses().senderChanges(new AccountKeys(user, site.host(), site));
    Mailbox changed = changes.apply(from);
    changes
        .problem()
        .ifPresent(problem -> say(SenderChanges.PARAMETER, from.external(), "waits: " + problem));
    if (!changed.equals(from)) {
      say(SenderChanges.PARAMETER, from.external(), changed.external());
    }
  }

  private Mailbox generic(Mailbox mailbox) {
    return step(name("smtp_generic_maps"), mailbox, parts.addresses()::map);
  }

  /** Tells what a table makes of an address; returns that. */
  private Mailbox step(String parameter, Mailbox mailbox, Function<Mailbox, Answer> tables) {
    switch (tables.apply(mailbox)) {
      case Answer.Unchanged _ -> {}
      case Answer.Mapped(var mailboxes, var entry) -> {
        AddressLookup.Found.Entry found = entry;
        trace.step(
            new Trace.Step(
                parameter,
                mailbox.external(),
                mailboxes.getFirst().external(),
                found.table(),
                found.key()));
        return mailboxes.getFirst();
      }
      case Answer.Unavailable(var reason) -> say(parameter, mailbox.external(), "waits: " + reason);
    }
    return mailbox;
  }

  private Outlook explain(Site site, String sender) {
    TlsPolicies.Answer answer = parts.policies().find(site);
    Outlook protection =
        switch (answer) {
          case TlsPolicies.Answer.Policy(var policy, _) -> {
            say("TLS", site.written(), words(policy));
            yield Outlook.DELIVERS;
          }
          case TlsPolicies.Answer.Broken(var reason) -> {
            say("TLS", site.written(), "waits: " + reason);
            yield Outlook.WAITS;
          }
        };
    return protection.and(
        switch (parts.walk().find(site)) {
          case MxWalk.Result.Failed(var failure) -> {
            Outlook outlook = Outlook.ofClass(failure.code().klass());
            say(
                site.direct() ? "server" : "MX",
                site.written(),
                (outlook == Outlook.RETURNS ? "goes back: " : "waits: ") + failure.text());
            yield outlook;
          }
          case MxWalk.Result.Ours(var failure) when parts.bestMx().isSet() -> {
            say("best_mx_transport", site.written(), parts.bestMx().setting());
            yield Outlook.DELIVERS;
          }
          case MxWalk.Result.Ours(var failure) -> {
            say("MX", site.written(), "goes back: " + failure.text());
            yield Outlook.RETURNS;
          }
          case MxWalk.Result.Targets(var targets) -> targets(site, targets, sender, answer);
        });
  }

  private Outlook targets(
      Site site, List<Target.Host> targets, String sender, TlsPolicies.Answer answer) {
    Outlook outlook = Outlook.DELIVERS;
    String host = "";
    for (Target.Host target : targets) {
      say(
          site.direct() ? "server" : "MX",
          site.written(),
          target.host()
              + "["
              + AddressLiteral.print(target.address())
              + "]:"
              + target.site().port()
              + (site.direct() ? "" : ", preference " + target.preference()));
      if (!target.host().equals(host)) {
        host = target.host();
        protection(target, answer);
        outlook = outlook.and(login(target, sender));
      }
    }
    return outlook;
  }

  /** What a policy that depends on the server comes to. */
  private void protection(Target target, TlsPolicies.Answer answer) {
    if (answer instanceof TlsPolicies.Answer.Policy policy) {
      switch (parts.policies().at(target, policy)) {
        case TlsPolicies.Answer.Broken(var reason) ->
            say("TLS", target.host(), "waits, or the next server is tried: " + reason);
        case TlsPolicies.Answer.Policy settled when !settled.equals(policy) ->
            say("TLS", target.host(), words(settled.policy()));
        case TlsPolicies.Answer.Policy _ -> {}
      }
    }
  }

  private Outlook login(Target target, String sender) {
    if (!parts.context().settings().saslEnabled) {
      return Outlook.DELIVERS;
    }
    return switch (parts.context().passwords().find(sender, target.host(), target.site())) {
      case Passwords.Answer.Found(Credentials credentials) -> {
        say("login", target.host(), "user " + credentials.user());
        yield account(target, credentials);
      }
      case Passwords.Answer.Named(var login) -> {
        say(
            "login",
            target.host(),
            "user " + login.user() + ", secret from " + login.source().label());
        yield Outlook.DELIVERS;
      }
      case Passwords.Answer.None _ -> {
        say("login", target.host(), "none in " + name("smtp_sasl_password_maps"));
        yield Outlook.DELIVERS;
      }
      case Passwords.Answer.Missing(var reason) -> {
        say("login", target.host(), "waits: " + reason);
        yield Outlook.WAITS;
      }
      case Passwords.Answer.Unavailable(var reason) -> {
        say("login", target.host(), "waits: " + reason);
        yield Outlook.DELIVERS;
      }
    };
  }

  /** Whether the account is stopped; that only its owner and root can see. */
  private Outlook account(Target target, Credentials credentials) {
    Account account =
        new Account(
            new AccountName(credentials.user(), target.host().toLowerCase(Locale.ROOT)),
            credentials);
    Optional<Resting> resting = parts.context().refusals().restingForNotice(account);
    if (resting.isEmpty()) {
      return Outlook.DELIVERS;
    }
    AccountState state = resting.get().state();
    say(
        "account",
        state.name().login(),
        "waits: "
            + state.kind().words()
            + " since "
            + state.since().truncatedTo(ChronoUnit.SECONDS)
            + ": "
            + state.reason());
    parts
        .rules()
        .explain(state.reason(), new Facts("", "", state.name().login(), -1))
        .ifPresent(advice -> say(advice.rule(), state.name().login(), advice.sentence()));
    return Outlook.WAITS;
  }

  private static String words(TlsPolicy policy) {
    String level = policy.level().word();
    if (policy.level() == TlsLevel.NONE) {
      return level + ": in clear";
    }
    if (policy.sts() == StsUse.ENFORCED) {
      return "MTA-STS: encrypted, and the certificate must be for the server's name";
    }
    String how =
        switch (policy.level()) {
          case NONE -> "";
          case MAY -> ": encrypted if the server offers it, the certificate is not checked";
          case ENCRYPT -> ": encrypted or not at all, the certificate is not checked";
          case FINGERPRINT ->
              ": encrypted, and certificate or key must have a fingerprint that is configured";
          case DANE, HALF_DANE ->
              ": encrypted with the certificate that signed TLSA records name, as at may where there"
                  + " are none";
          case DANE_ONLY ->
              ": encrypted with the certificate that signed TLSA records name, or not at all";
          case VERIFY, SECURE ->
              ": encrypted, and the certificate must be for "
                  + String.join(" or ", policy.match())
                  + (policy.pins().isEmpty() ? "" : ", by the configured trust anchors");
        };
    return level + how + " (" + String.join(", ", policy.protocols()) + ")";
  }

  private String name(String smtpName) {
    return parts.context().settings().dialect.parameter(smtpName);
  }

  private void say(String what, String subject, String result) {
    trace.step(new Trace.Step(what, subject, result));
  }
}
