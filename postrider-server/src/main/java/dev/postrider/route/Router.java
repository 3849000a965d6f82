package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Trace;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.AddressLookup.Found;
import dev.postrider.table.DomainList;
import dev.postrider.table.TableSource;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Chooses transport and next hop by Postfix's address classes: local, virtual alias, virtual
 * mailbox, relay, default; transport_maps overrides them all but the virtual alias class, and
 * relocated_maps sends the sender a new address. Immutable and safe on any thread; a reload makes a
 * new one. Tables are asked anew for every recipient of every attempt.
 */
public final class Router {
  private static final EnhancedStatusCode NO_TRANSPORT = EnhancedStatusCode.of("4.3.0");
  private static final EnhancedStatusCode NO_ANSWER = EnhancedStatusCode.of("4.3.0");
  private static final EnhancedStatusCode BAD_ADDRESS = EnhancedStatusCode.of("5.1.3");
  private static final EnhancedStatusCode NO_SUCH_USER = EnhancedStatusCode.of("5.1.1");
  private static final EnhancedStatusCode MOVED = EnhancedStatusCode.of("5.1.6");

  private static final NextHop NO_NOTICE =
      new NextHop("discard", "undeliverable postmaster notification discarded");

  private final Predicate<String> transports;
  private final Resolver resolver;
  private final ClassLists classes;
  private final ClassTransports classTransports;
  private final TransportMap transportMaps;
  private final AddressLookup relocated;
  private final boolean relocatedPrefix;
  private final String doubleBounce;
  private final boolean allowsMinus;
  private final boolean showsTable;

  /**
   * Reads the settings and opens the tables.
   *
   * @param transports whether master.cf has a service of that name that delivers
   */
  public Router(Config config, Predicate<String> transports, TableSource tables) {
    this.transports = transports;
    LocalDomains local = new LocalDomains(config, tables);
    Rewriter rewriter = new Rewriter(config);
    AddressLookup.Rules rules = AddressRules.of(config, local, rewriter);
    this.classes = new ClassLists(config, local, tables);
    this.resolver = new Resolver(config, rewriter, classes);
    this.classTransports = new ClassTransports(config, tables, rules);
    this.transportMaps = new TransportMap(config, tables, rules.delimiter());
    this.relocated =
        AddressLookup.of("relocated_maps", config.list("relocated_maps"), tables, rules);
    this.relocatedPrefix = config.flag("relocated_prefix_enable");
    this.doubleBounce = config.text("double_bounce_sender");
    this.allowsMinus = config.flag("allow_min_user");
    this.showsTable = config.flag("show_user_unknown_table_name");
  }

  /** Finds the next hop of one recipient. May wait for tables. */
  public Resolution resolve(ReversePath sender, Mailbox recipient) {
    return resolve(From.sender(sender), recipient);
  }

  /** The same for mail that a user submitted. */
  public Resolution resolve(From from, Mailbox recipient) {
    return resolve(from, recipient, Trace.none());
  }

  /** The same, and tells how. */
  public Resolution resolve(From from, Mailbox recipient, Trace trace) {
    return switch (resolver.resolve(recipient)) {
      case Resolver.Answer.Unknown(var reason) -> unknown(recipient, reason);
      case Resolver.Answer.Bad(var mailbox) ->
          new Resolution(
              mailbox,
              AddressClass.DEFAULT,
              isRouted(mailbox),
              new Route.Refused(BAD_ADDRESS, "bad address syntax"));
      case Resolver.Answer.Resolved(var mailbox, var local) -> {
        if (local) {
          yield finish(from, mailbox, AddressClass.LOCAL, trace);
        }
        yield switch (classes.remote(mailbox.domain())) {
          case ClassLists.Answer.Unknown(var reason) -> unknown(mailbox, reason);
          case ClassLists.Answer.Known(var found) -> finish(from, mailbox, found, trace);
        };
      }
    };
  }

  /** Whether a domain is this machine's own: in mydestination, or an address of ours. */
  public boolean isLocal(String domain) {
    return domain.isEmpty() || classes.isLocal(domain) instanceof DomainList.Yes;
  }

  private static Resolution unknown(Mailbox mailbox, String reason) {
    return new Resolution(mailbox, AddressClass.DEFAULT, isRouted(mailbox), unanswered(reason));
  }

  private Resolution finish(From from, Mailbox mailbox, AddressClass addressClass, Trace trace) {
    Route route =
        isOwnNotice(mailbox, addressClass)
            ? new Route.To(NO_NOTICE)
            : moved(mailbox, byClass(from, mailbox, addressClass, trace), trace);
    if (!allowsMinus && mailbox.localPart().startsWith("-") && !(route instanceof Route.Unknown)) {
      // Programs that get it as an argument would take it for an option.
      route = new Route.Refused(BAD_ADDRESS, "bad address syntax");
    }
    return new Resolution(mailbox, addressClass, isRouted(mailbox), known(route));
  }

  /** Mail for the sender of notices about notices would go round; nobody reads it. */
  private boolean isOwnNotice(Mailbox mailbox, AddressClass addressClass) {
    return addressClass == AddressClass.LOCAL
        && mailbox.localPart().equalsIgnoreCase(doubleBounce)
        && transports.test(NO_NOTICE.transport());
  }

  /** Whatever our own settings make of such a local-part: the next host may send it on. */
  private static boolean isRouted(Mailbox mailbox) {
    String local = mailbox.localPart();
    return local.indexOf('%') >= 0 || local.indexOf('!') >= 0 || local.indexOf('@') >= 0;
  }

  private Route byClass(From from, Mailbox mailbox, AddressClass addressClass, Trace trace) {
    if (addressClass == AddressClass.VIRTUAL_ALIAS) {
      return new Route.Refused(
          NO_SUCH_USER, showsTable ? "User unknown in virtual alias table" : "User unknown");
    }
    Route route = classTransports.route(from, mailbox, addressClass, trace);
    if (transportMaps.isEmpty() || !(route instanceof Route.To(var nextHop))) {
      return route;
    }
    return switch (transportMaps.find(mailbox)) {
      case TransportMap.Answer.Nothing _ -> route;
      case TransportMap.Answer.Unavailable(var reason) -> unanswered(reason);
      case TransportMap.Answer.Entry(var table, var key, var value) -> {
        NextHop other = overridden(nextHop, mailbox, value);
        trace.step(
            new Trace.Step("transport_maps", mailbox.external(), other.toString(), table, key));
        yield new Route.To(other);
      }
    };
  }

  /**
   * transport(5): {@code transport:nexthop}; an empty transport keeps the class's, an empty next
   * hop beside a transport means the recipient's domain, and an empty value changes nothing.
   */
  private static NextHop overridden(NextHop byClass, Mailbox recipient, String value) {
    Target target = Target.parse(value);
    if (!target.transport().isEmpty()) {
      return target.nextHop(recipient.domain().toLowerCase(Locale.ROOT));
    }
    return target.destination().isEmpty()
        ? byClass
        : new NextHop(byClass.transport(), target.destination());
  }

  private Route moved(Mailbox mailbox, Route route, Trace trace) {
    if (relocated.isEmpty() || route instanceof Route.Unknown) {
      return route;
    }
    return switch (relocated.find(mailbox)) {
      case Found.Nothing _ -> route;
      case Found.Unavailable(var reason) -> unanswered(reason);
      case Found.Entry(var table, var key, var value, _) -> {
        String text = relocatedPrefix ? "User has moved to " + value : value;
        trace.step(new Trace.Step("relocated_maps", mailbox.external(), text, table, key));
        yield new Route.Refused(MOVED, text);
      }
    };
  }

  private Route known(Route route) {
    if (route instanceof Route.To(var nextHop) && !transports.test(nextHop.transport())) {
      return new Route.Unknown(
          NO_TRANSPORT,
          "mail transport unavailable: master.cf has no service named \""
              + nextHop.transport()
              + "\"");
    }
    return route;
  }

  static Route unanswered(String reason) {
    return new Route.Unknown(NO_ANSWER, "address resolver failure: " + reason);
  }
}
