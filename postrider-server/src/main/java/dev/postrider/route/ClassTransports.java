package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.delivery.Trace;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.AddressLookup.Found;
import dev.postrider.table.TableSource;
import java.util.Locale;

/**
 * The transport and next hop of each address class, as main.cf and the sender decide them.
 * Immutable and safe on any thread.
 */
final class ClassTransports {
  private final Target local;
  private final Target virtual;
  private final Target relay;
  private final Target standard;
  private final String relayhost;
  private final SenderTable senderTransports;
  private final SenderTable senderRelayhosts;
  private final SubmitterTable submitterRelayhosts;

  /** A table of senders, and what the null sender is called there. */
  private record SenderTable(String parameter, AddressLookup table, String emptyKey) {
    Found find(ReversePath sender) {
      return switch (sender) {
        case ReversePath.Null _ -> table.find(new Mailbox(emptyKey, ""));
        case ReversePath.Sender(var mailbox) -> table.find(mailbox);
      };
    }
  }

  ClassTransports(Config config, TableSource tables, AddressLookup.Rules rules) {
    this.local = Target.parse(config.text("local_transport"));
    this.virtual = Target.parse(config.text("virtual_transport"));
    this.relay = Target.parse(config.text("relay_transport"));
    this.standard = Target.parse(config.text("default_transport"));
    this.relayhost = config.text("relayhost").strip();
    this.senderTransports =
        table(
            config,
            "sender_dependent_default_transport_maps",
            "empty_address_default_transport_maps_lookup_key",
            tables,
            rules);
    this.senderRelayhosts =
        table(
            config,
            "sender_dependent_relayhost_maps",
            "empty_address_relayhost_maps_lookup_key",
            tables,
            rules);
    this.submitterRelayhosts = new SubmitterTable(config, tables);
  }

  private static SenderTable table(
      Config config,
      String parameter,
      String emptyKey,
      TableSource tables,
      AddressLookup.Rules rules) {
    return new SenderTable(
        parameter,
        AddressLookup.of(parameter, config.list(parameter), tables, rules),
        config.text(emptyKey));
  }

  Route route(From from, Mailbox recipient, AddressClass addressClass, Trace trace) {
    String domain = recipient.domain().toLowerCase(Locale.ROOT);
    return switch (addressClass) {
      case LOCAL -> new Route.To(local.nextHop(domain));
      case VIRTUAL_MAILBOX -> new Route.To(virtual.nextHop(domain));
      case RELAY -> offHost(from, relay, domain, trace);
      case VIRTUAL_ALIAS, DEFAULT ->
          switch (choose(senderTransports, from.sender(), trace)) {
            case Choice.Common _ -> offHost(from, standard, domain, trace);
            case Choice.Own(var value) -> offHost(from, Target.parse(value), domain, trace);
            case Choice.Unknown(var reason) -> Router.unanswered(reason);
          };
    };
  }

  /**
   * A next hop written into the transport setting beats relayhost (postconf(5)). Who submitted the
   * message is known for certain and comes before the sender, which anybody may choose.
   */
  private Route offHost(From from, Target target, String domain, Trace trace) {
    if (!target.destination().isEmpty()) {
      return new Route.To(target.nextHop(domain));
    }
    Choice choice = submitterRelayhosts.choose(from.submitter(), trace);
    if (choice instanceof Choice.Common) {
      choice = choose(senderRelayhosts, from.sender(), trace);
    }
    return switch (choice) {
      case Choice.Own(var value) -> new Route.To(target.nextHop(value));
      case Choice.Unknown(var reason) -> Router.unanswered(reason);
      case Choice.Common _ -> {
        if (relayhost.isEmpty()) {
          yield new Route.To(target.nextHop(domain));
        }
        trace.step(new Trace.Step("relayhost", domain, relayhost));
        yield new Route.To(target.nextHop(relayhost));
      }
    };
  }

  private static Choice choose(SenderTable senders, ReversePath sender, Trace trace) {
    if (senders.table().isEmpty()) {
      return new Choice.Common();
    }
    return switch (senders.find(sender)) {
      case Found.Nothing _ -> new Choice.Common();
      case Found.Unavailable(var reason) -> new Choice.Unknown(reason);
      case Found.Entry(var table, var key, var value, _) -> {
        trace.step(
            new Trace.Step(senders.parameter(), "<" + sender.external() + ">", value, table, key));
        yield Choice.of(value);
      }
    };
  }
}
