package dev.postrider.mapping;

import dev.postrider.config.Config;
import dev.postrider.delivery.Trace;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.route.AddressRules;
import dev.postrider.route.LocalDomains;
import dev.postrider.route.Rewriter;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.TableSource;
import java.util.List;

/**
 * The settings of everything that changes an address between a submission and the spool. Immutable
 * and safe on any thread; made anew at a reload.
 */
public final class AddressMappings {
  /** Whether a table has an address. */
  public sealed interface Known {
    record Yes() implements Known {}

    record No() implements Known {}

    record Unknown(String reason) implements Known {}
  }

  final Rewriter rewriter;
  final Canonical senderCanonical;
  final Canonical recipientCanonical;
  final Canonical canonical;
  final Masquerade masquerade;
  final AddressLookup virtual;
  final AddressLookup senderBcc;
  final AddressLookup recipientBcc;
  final List<Mailbox> alwaysBcc;
  final Mailbox mailerDaemon;
  final boolean propagateCanonical;
  final boolean propagateVirtual;
  final int expansionLimit;
  final int recursionLimit;
  final int addressLimit;

  /** Reads the settings and opens the tables. */
  public AddressMappings(Config config, TableSource tables) {
    LocalDomains local = new LocalDomains(config, tables);
    this.rewriter = new Rewriter(config);
    AddressLookup.Rules rules = AddressRules.of(config, local, rewriter);
    this.senderCanonical =
        Canonical.of(config, "sender_canonical_maps", "sender_canonical_classes", tables, rules);
    this.recipientCanonical =
        Canonical.of(
            config, "recipient_canonical_maps", "recipient_canonical_classes", tables, rules);
    this.canonical = Canonical.of(config, "canonical_maps", "canonical_classes", tables, rules);
    this.masquerade = new Masquerade(config, tables);
    this.virtual = lookup(config, "virtual_alias_maps", tables, rules);
    this.senderBcc = lookup(config, "sender_bcc_maps", tables, rules);
    this.recipientBcc = lookup(config, "recipient_bcc_maps", tables, rules);
    this.alwaysBcc = AddressList.parse(config.text("always_bcc")).mailboxes();
    this.mailerDaemon = rewriter.local(new Mailbox("MAILER-DAEMON", ""));
    List<String> propagate = config.list("propagate_unmatched_extensions");
    this.propagateCanonical = propagate.contains("canonical");
    this.propagateVirtual = propagate.contains("virtual");
    this.expansionLimit = config.number("virtual_alias_expansion_limit");
    this.recursionLimit = config.number("virtual_alias_recursion_limit");
    this.addressLimit = config.number("virtual_alias_address_length_limit");
  }

  private static AddressLookup lookup(
      Config config, String parameter, TableSource tables, AddressLookup.Rules rules) {
    return AddressLookup.of(parameter, config.list(parameter), tables, rules);
  }

  /** Whether a header of a remote client's mail is touched (remote_header_rewrite_domain). */
  public boolean touchesRemoteHeaders() {
    return rewriter.touchesRemoteHeaders();
  }

  /** Begins with a message. */
  public MessageMapping begin(Trace trace) {
    return new MessageMapping(this, trace);
  }

  /** Whether mail for a recipient goes to another address, so that it need not exist itself. */
  public Known maps(Mailbox recipient) {
    return mapped(recipient, List.of(recipientCanonical.tables(), canonical.tables(), virtual));
  }

  /** The same for an address that mail is from. */
  public Known mapsSender(Mailbox sender) {
    return mapped(
        sender,
        List.of(
            recipientCanonical.tables(), senderCanonical.tables(), canonical.tables(), virtual));
  }

  private static Known mapped(Mailbox address, List<AddressLookup> lookups) {
    for (AddressLookup lookup : lookups) {
      switch (lookup.find(address)) {
        case AddressLookup.Found.Entry _ -> {
          return new Known.Yes();
        }
        case AddressLookup.Found.Unavailable(var reason) -> {
          return new Known.Unknown(reason);
        }
        case AddressLookup.Found.Nothing _ -> {}
      }
    }
    return new Known.No();
  }
}
