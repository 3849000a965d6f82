package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.delivery.NextHop;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.table.Lookup;
import dev.postrider.table.TableSource;
import java.util.Locale;
import java.util.Set;

/**
 * Chooses transport and next hop by Postfix's address classes: local, virtual alias, virtual
 * mailbox, relay, default; transport_maps overrides them all. Immutable and safe on any thread; a
 * reload makes a new one. Tables are asked anew for every recipient of every attempt.
 */
public final class Router {
  private static final EnhancedStatusCode NO_TRANSPORT = EnhancedStatusCode.of("4.3.0");
  private static final EnhancedStatusCode NO_ANSWER = EnhancedStatusCode.of("4.3.0");
  private static final EnhancedStatusCode BAD_ADDRESS = EnhancedStatusCode.of("5.1.3");
  private static final EnhancedStatusCode NO_SUCH_USER = EnhancedStatusCode.of("5.1.1");

  /** A transport setting such as {@code smtp}, {@code local:$myhostname}: name and next hop. */
  private record Target(String transport, String destination) {
    static Target parse(String text) {
      int colon = text.indexOf(':');
      return colon < 0
          ? new Target(text.strip(), "")
          : new Target(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
    }
  }

  private final Set<String> transports;
  private final boolean allowsMinus;
  private final String myHostname;
  private final DomainList localDomains;
  private final DomainList virtualAliasDomains;
  private final DomainList virtualMailboxDomains;
  private final DomainList relayDomains;
  private final OwnAddresses ownAddresses;
  private final TransportMap transportMaps;
  private final TransportMap senderRelayhosts;
  private final String emptySenderKey;
  private final Target local;
  private final Target virtual;
  private final Target relay;
  private final Target standard;
  private final String relayhost;

  /**
   * Reads the settings and opens the tables.
   *
   * @param transports the names of the services in master.cf that deliver
   */
  public Router(Config config, Set<String> transports, TableSource tables) {
    this.transports = Set.copyOf(transports);
    this.allowsMinus = config.flag("allow_min_user");
    this.myHostname = config.text("myhostname");
    this.localDomains = exact(config, "mydestination", tables);
    this.virtualAliasDomains = exact(config, "virtual_alias_domains", tables);
    this.virtualMailboxDomains = exact(config, "virtual_mailbox_domains", tables);
    DomainList.Style relayStyle =
        config.list("parent_domain_matches_subdomains").contains("relay_domains")
            ? DomainList.Style.PARENT
            : DomainList.Style.DOT_PARENT;
    this.relayDomains =
        DomainList.of("relay_domains", config.list("relay_domains"), relayStyle, tables);
    this.ownAddresses = new OwnAddresses(config);
    this.transportMaps = new TransportMap(config, "transport_maps", tables);
    this.senderRelayhosts = new TransportMap(config, "sender_dependent_relayhost_maps", tables);
    this.emptySenderKey = config.text("empty_address_relayhost_maps_lookup_key");
    this.local = Target.parse(config.text("local_transport"));
    this.virtual = Target.parse(config.text("virtual_transport"));
    this.relay = Target.parse(config.text("relay_transport"));
    this.standard = Target.parse(config.text("default_transport"));
    this.relayhost = config.text("relayhost").strip();
  }

  private static DomainList exact(Config config, String parameter, TableSource tables) {
    return DomainList.of(parameter, config.list(parameter), DomainList.Style.EXACT, tables);
  }

  /** Finds the next hop of one recipient. May wait for tables. */
  public Route route(ReversePath sender, Mailbox recipient) {
    if (!allowsMinus && recipient.localPart().startsWith("-")) {
      // Programs that get it as an argument would take it for an option.
      return new Route.Refused(BAD_ADDRESS, "bad address syntax");
    }
    Route byClass = byClass(sender, recipient);
    if (transportMaps.isEmpty()) {
      return known(byClass);
    }
    return switch (transportMaps.transport(recipient)) {
      case Lookup.NotFound _ -> known(byClass);
      case Lookup.Found(var value) -> known(overridden(byClass, recipient, value));
      case Lookup.Unavailable(var reason) -> unanswered(reason);
    };
  }

  /** Whether a domain is this machine's own: in mydestination, or an address of ours. */
  public boolean isLocal(String domain) {
    String lower = domain.toLowerCase(Locale.ROOT);
    return lower.isEmpty()
        || ownAddresses.contains(lower)
        || localDomains.match(lower) instanceof DomainList.Yes;
  }

  private Route byClass(ReversePath sender, Mailbox recipient) {
    String domain = recipient.domain().toLowerCase(Locale.ROOT);
    if (domain.isEmpty() || ownAddresses.contains(domain)) {
      return toLocal();
    }
    switch (localDomains.match(domain)) {
      case DomainList.Yes _ -> {
        return toLocal();
      }
      case DomainList.Unknown(var reason) -> {
        return unanswered(reason);
      }
      case DomainList.No _ -> {}
    }
    switch (virtualAliasDomains.match(domain)) {
      case DomainList.Yes _ -> {
        return new Route.Refused(NO_SUCH_USER, "User unknown in virtual alias table");
      }
      case DomainList.Unknown(var reason) -> {
        return unanswered(reason);
      }
      case DomainList.No _ -> {}
    }
    switch (virtualMailboxDomains.match(domain)) {
      case DomainList.Yes _ -> {
        return to(virtual, domain);
      }
      case DomainList.Unknown(var reason) -> {
        return unanswered(reason);
      }
      case DomainList.No _ -> {}
    }
    return switch (relayDomains.match(domain)) {
      case DomainList.Yes _ -> offHost(sender, relay, domain);
      case DomainList.No _ -> offHost(sender, standard, domain);
      case DomainList.Unknown(var reason) -> unanswered(reason);
    };
  }

  private Route toLocal() {
    return to(local, myHostname);
  }

  /** A next hop written into the transport setting beats relayhost (postconf(5)). */
  private Route offHost(ReversePath sender, Target target, String domain) {
    if (!target.destination.isEmpty()) {
      return to(target, domain);
    }
    if (!senderRelayhosts.isEmpty()) {
      Lookup own =
          switch (sender) {
            case ReversePath.Null _ -> senderRelayhosts.key(emptySenderKey);
            case ReversePath.Sender(var mailbox) -> senderRelayhosts.sender(mailbox);
          };
      switch (own) {
        case Lookup.Found(var value) -> {
          if (!value.equalsIgnoreCase("DUNNO")) {
            return to(target, value.strip());
          }
        }
        case Lookup.Unavailable(var reason) -> {
          return unanswered(reason);
        }
        case Lookup.NotFound _ -> {}
      }
    }
    return to(target, relayhost.isEmpty() ? domain : relayhost);
  }

  /**
   * transport(5): {@code transport:nexthop}; an empty transport keeps the class's, an empty next
   * hop beside a transport means the recipient's domain, and an empty value changes nothing.
   */
  private Route overridden(Route byClass, Mailbox recipient, String value) {
    Target target = Target.parse(value);
    if (target.transport.isEmpty()) {
      if (byClass instanceof Route.To(var nextHop) && !target.destination.isEmpty()) {
        return new Route.To(new NextHop(nextHop.transport(), target.destination));
      }
      return byClass;
    }
    return to(target, recipient.domain().toLowerCase(Locale.ROOT));
  }

  private static Route to(Target target, String defaultDestination) {
    if (target.transport.equals("error") && target.destination.isEmpty()) {
      return new Route.To(new NextHop(target.transport, "Address is undeliverable"));
    }
    return new Route.To(
        new NextHop(
            target.transport,
            target.destination.isEmpty() ? defaultDestination : target.destination));
  }

  private Route known(Route route) {
    if (route instanceof Route.To(var nextHop) && !transports.contains(nextHop.transport())) {
      return new Route.Unknown(
          NO_TRANSPORT,
          "mail transport unavailable: master.cf has no service named \""
              + nextHop.transport()
              + "\"");
    }
    return route;
  }

  private static Route unanswered(String reason) {
    return new Route.Unknown(NO_ANSWER, "address resolver failure: " + reason);
  }
}
