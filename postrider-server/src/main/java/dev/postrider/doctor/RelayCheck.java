package dev.postrider.doctor;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the servers of relayhost and transport_maps have addresses and can be reached from here.
 */
final class RelayCheck implements Check {
  private static final Duration LIMIT = Duration.ofSeconds(4);
  private static final String NO_ANSWER = "the DNS does not answer: ";

  private final Subject subject;
  private final Resolver resolver;
  private final Connector connector;

  RelayCheck(Subject subject, Resolver resolver, Connector connector) {
    this.subject = subject;
    this.resolver = resolver;
    this.connector = connector;
  }

  @Override
  public Area area() {
    return Area.NETWORK;
  }

  @Override
  public String subject() {
    return "the server of relayhost";
  }

  @Override
  public boolean asksNetwork() {
    return true;
  }

  @Override
  public List<Finding> look() throws InterruptedException {
    List<Finding> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Relay relay : Relay.all(subject)) {
      // Another login does not make it another server.
      if (seen.add(relay.host().written())) {
        look(relay, found);
      }
    }
    return found;
  }

  private void look(Relay where, List<Finding> found) throws InterruptedException {
    RelayHost relay = where.host();
    if (relay.port() == 0) {
      found.add(
          Finding.error(
              "relay-name",
              where.setting() + ": " + relay.written() + " has no port that there is",
              where.waits(),
              where.mend().to("[" + relay.host() + "]:587")));
      return;
    }
    List<InetAddress> addresses = new ArrayList<>();
    String trouble = relay.isLiteral() ? literal(relay, addresses) : ask(where, addresses);
    if (addresses.isEmpty()) {
      found.add(
          Finding.error(
              "relay-name",
              where.setting() + ": " + relay.host() + ": " + trouble,
              where.waits(),
              trouble.startsWith(NO_ANSWER)
                  ? "see what is said of the name servers: the name may be right"
                  : "correct the name: " + where.mend().to("[SERVER]:" + relay.port())));
      return;
    }
    Connector.Contact best = new Connector.Contact.Silent();
    InetAddress tried = addresses.getFirst();
    List<Finding> others = new ArrayList<>();
    // One of each family: a provider has many addresses, and they answer alike or not at all.
    for (InetAddress address : oneOfEachFamily(addresses)) {
      Connector.Contact contact =
          connector.connect(new InetSocketAddress(address, relay.port()), LIMIT);
      if (contact instanceof Connector.Contact.Open || address.equals(addresses.getFirst())) {
        best = best instanceof Connector.Contact.Open ? best : contact;
        tried = address;
      }
      // A refusal has come back over that family: it works.
      if (contact instanceof Connector.Contact.Silent
          || contact instanceof Connector.Contact.Failed) {
        others.add(familyFails(where, address, contact));
      }
    }
    String place = place(relay, tried);
    switch (best) {
      case Connector.Contact.Open(String greeting) -> {
        found.addAll(others);
        found.add(open(where, place, greeting));
      }
      case Connector.Contact.Refused _, Connector.Contact.Silent _, Connector.Contact.Failed _ ->
          found.add(unreachable(where, place + words(best)));
    }
  }

  private static String place(RelayHost relay, InetAddress address) {
    return "%s[%s]:%d".formatted(relay.host(), address.getHostAddress(), relay.port());
  }

  private static String words(Connector.Contact contact) {
    return switch (contact) {
      case Connector.Contact.Open _ -> " answers";
      case Connector.Contact.Refused() -> " refuses connections";
      case Connector.Contact.Silent() ->
          " does not answer within " + LIMIT.toSeconds() + " seconds";
      case Connector.Contact.Failed(String reason) -> ": " + reason;
    };
  }

  private static List<InetAddress> oneOfEachFamily(List<InetAddress> addresses) {
    List<InetAddress> chosen = new ArrayList<>();
    for (InetAddress address : addresses) {
      if (chosen.stream().noneMatch(each -> each.getClass().equals(address.getClass()))) {
        chosen.add(address);
      }
    }
    return chosen;
  }

  /** Only silence costs time: who has no IPv6 at all is told so at once, and goes on. */
  private Finding familyFails(Relay relay, InetAddress address, Connector.Contact contact) {
    boolean six = address instanceof Inet6Address;
    return new Finding(
        six ? "ipv6-broken" : "ipv4-broken",
        contact instanceof Connector.Contact.Silent ? Severity.WARNING : Severity.NOTE,
        place(relay.host(), address)
            + words(contact)
            + ", and the other family does: "
            + (six ? "IPv6" : "IPv4")
            + " does not work here",
        contact instanceof Connector.Contact.Silent
            ? "messages first wait for that time-out"
            : "the other one is used",
        relay.set(subject, "inet_protocols", six ? "ipv4" : "ipv6"));
  }

  private Finding open(Relay where, String place, String greeting) {
    RelayHost relay = where.host();
    boolean wrapped = where.client().flag("smtp_tls_wrappermode");
    if (!wrapped && !greeting.isEmpty() && !greeting.startsWith("220")) {
      return Finding.error(
          "relay-greeting",
          place + " greets with \"" + greeting + "\" instead of 220",
          where.waits(),
          "look whether that is the provider's server: " + where.setting());
    }
    // RelayProtectionCheck tells of a port that begins with TLS.
    if (!wrapped && greeting.isEmpty() && relay.port() != 465) {
      return Finding.error(
          "relay-silent",
          place + " takes the connection and says nothing",
          where.waits(),
          "if that port begins with TLS: " + where.set(subject, "smtp_tls_wrappermode", "yes"));
    }
    return Finding.ok("relay", place + " can be reached");
  }

  private static Finding unreachable(Relay where, String what) {
    RelayHost relay = where.host();
    if (relay.port() == 25) {
      return Finding.error(
          "port-25-blocked",
          what,
          where.waits() + "; most networks block port 25 of their customers",
          where.mend().to("[" + relay.host() + "]:587")
              + " (or port 2525, or 465 with smtp_tls_wrappermode = yes)");
    }
    return Finding.error(
        "relay-unreachable",
        what,
        where.waits(),
        "look whether name and port are right and no firewall is between: " + where.setting());
  }

  private static String literal(RelayHost relay, List<InetAddress> addresses) {
    try {
      addresses.add(InetAddress.ofLiteral(relay.host()));
      return "";
    } catch (IllegalArgumentException _) {
      return "is no address";
    }
  }

  private String ask(Relay where, List<InetAddress> addresses) {
    RelayHost relay = where.host();
    String host = relay.host();
    if (!relay.direct()) {
      switch (resolver.mx(host)) {
        case DnsAnswer.Found<MxHost> found ->
            host =
                found.records().stream()
                    .min(Comparator.comparingInt(MxHost::preference))
                    .orElseThrow()
                    .name();
        case DnsAnswer.TemporaryFailure<MxHost>(String reason, _) -> {
          return NO_ANSWER + reason;
        }
        case DnsAnswer.NoData<MxHost> _ -> {}
        case DnsAnswer.NxDomain<MxHost> _ -> {}
      }
    }
    String trouble = "the DNS has no such name";
    // The client does not use a family that inet_protocols leaves out.
    List<Resolver.Family> families = Resolver.Family.of(where.client().list("inet_protocols"));
    for (Resolver.Family family : families) {
      switch (resolver.addresses(host, family)) {
        case DnsAnswer.Found<InetAddress> found -> addresses.addAll(found.records());
        case DnsAnswer.NoData<InetAddress> _ ->
            trouble =
                families.size() > 1
                    ? "the DNS has no address for it"
                    : "the DNS has no address for it that inet_protocols = "
                        + where.client().text("inet_protocols")
                        + " allows";
        case DnsAnswer.NxDomain<InetAddress> _ -> {}
        case DnsAnswer.TemporaryFailure<InetAddress>(String reason, _) -> {
          // Each question takes its time: one without an answer is enough.
          return NO_ANSWER + reason;
        }
      }
    }
    return trouble;
  }
}
