package dev.postrider.doctor;

import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import dev.postrider.provider.SenderRule;
import dev.postrider.route.LocalDomains;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.RecipientDelimiter;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the provider takes mail of root and of programs: most want the account's address. */
final class SenderCheck implements Check {
  private static final List<String> REWRITING =
      List.of(
          "sender_canonical_maps",
          "canonical_maps",
          "smtp_generic_maps",
          "postrider_relay_sender_maps");

  private final Subject subject;
  private final ProviderList providers;
  private final LoginTable logins;
  private final Tables tables;

  SenderCheck(Subject subject, ProviderList providers, LoginTable logins, Tables tables) {
    this.subject = subject;
    this.providers = providers;
    this.logins = logins;
    this.tables = tables;
  }

  @Override
  public Area area() {
    return Area.PROVIDER;
  }

  @Override
  public String subject() {
    return "the senders that the provider takes";
  }

  @Override
  public List<Finding> look() throws IOException {
    List<Finding> found = new ArrayList<>();
    Mailbox sender = new Mailbox("root", subject.config().text("myorigin"));
    for (RelayHost relay :
        RelayHost.all(subject.config().text("relayhost"), subject.config().text("smtp_tcp_port"))) {
      Optional<Provider> provider = providers.ofServer(relay.host());
      if (provider.isPresent()) {
        found.add(judge(relay, provider.get(), sender));
      }
    }
    return found;
  }

  private Finding judge(RelayHost relay, Provider provider, Mailbox sender) throws IOException {
    String rewritten = rewritten(sender);
    if (!rewritten.isEmpty()) {
      return Finding.ok("sender", "mail of " + sender + " leaves as " + rewritten);
    }
    String what = "mail of %s leaves with that sender".formatted(sender);
    String mend = subject.set("postrider_relay_sender_maps", "static:" + account(relay));
    return switch (provider.senders()) {
      case SenderRule.ANY ->
          Finding.ok("sender", what + ", and " + provider.name() + " takes every sender");
      case SenderRule.REWRITES ->
          new Finding(
              "sender-replaced",
              Severity.NOTE,
              what,
              provider.name() + " replaces it by the account's address, and the original is lost",
              mend + " (keeps it as X-Original-From)");
      case SenderRule.ENVELOPE, SenderRule.HEADER ->
          Finding.warning(
              "sender-refused",
              what,
              provider.name() + " refuses senders that are none of the account's addresses",
              mend);
      case SenderRule.VERIFIED ->
          Finding.warning(
              "sender-refused",
              what,
              provider.name() + " refuses senders that are not registered with it",
              "register " + sender.domain() + " there, or: " + mend);
    };
  }

  private String account(RelayHost relay) throws IOException {
    try {
      return logins.user(relay).filter(name -> name.indexOf('@') > 0).orElse("you@example.com");
    } catch (java.nio.file.AccessDeniedException | ConfigException _) {
      // The address is an example then; the finding is the same.
      return "you@example.com";
    }
  }

  /** What the sender becomes, or empty if it stays. */
  private String rewritten(Mailbox sender) throws IOException {
    LocalDomains local = new LocalDomains(subject.config(), tables::open);
    AddressLookup.Rules rules =
        new AddressLookup.Rules(
            RecipientDelimiter.of(subject.config()), local::matchOrOrigin, mailbox -> mailbox);
    for (String parameter : REWRITING) {
      AddressLookup lookup =
          AddressLookup.of(parameter, subject.config().list(parameter), tables::open, rules);
      switch (lookup.find(sender)) {
        case AddressLookup.Found.Entry entry -> {
          return entry.value();
        }
        case AddressLookup.Found.Unavailable(String reason) ->
            throw new IOException(parameter + ": " + reason);
        case AddressLookup.Found.Nothing _ -> {}
      }
    }
    return "";
  }
}
