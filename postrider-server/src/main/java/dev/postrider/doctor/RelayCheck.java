package dev.postrider.doctor;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Whether the servers of relayhost have addresses and can be reached from here. */
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
  public List<Finding> look() throws InterruptedException {
    List<Finding> found = new ArrayList<>();
    for (RelayHost relay :
        RelayHost.all(subject.config().text("relayhost"), subject.config().text("smtp_tcp_port"))) {
      found.add(look(relay));
    }
    return found;
  }

  private Finding look(RelayHost relay) throws InterruptedException {
    if (relay.port() == 0) {
      return Finding.error(
          "relay-name",
          subject.setting("relayhost") + ": " + relay.written() + " has no port that there is",
          "all mail for others waits",
          subject.set("relayhost", "[" + relay.host() + "]:587"));
    }
    List<InetAddress> addresses = new ArrayList<>();
    String trouble = relay.isLiteral() ? literal(relay, addresses) : ask(relay, addresses);
    if (addresses.isEmpty()) {
      return Finding.error(
          "relay-name",
          subject.setting("relayhost") + ": " + relay.host() + ": " + trouble,
          "all mail for others waits",
          trouble.startsWith(NO_ANSWER)
              ? "see what is said of the name servers: the name may be right"
              : "correct the name: " + subject.set("relayhost", "[SERVER]:" + relay.port()));
    }
    Connector.Contact last = new Connector.Contact.Silent();
    // Two: a provider has many addresses, and they answer alike or not at all.
    for (InetAddress address : addresses.subList(0, Math.min(2, addresses.size()))) {
      last = connector.connect(new InetSocketAddress(address, relay.port()), LIMIT);
      if (last instanceof Connector.Contact.Open) {
        break;
      }
    }
    String place =
        "%s[%s]:%d".formatted(relay.host(), addresses.getFirst().getHostAddress(), relay.port());
    return switch (last) {
      case Connector.Contact.Open(String greeting) -> open(relay, place, greeting);
      case Connector.Contact.Refused() -> unreachable(relay, place + " refuses connections");
      case Connector.Contact.Silent() ->
          unreachable(relay, place + " does not answer within " + LIMIT.toSeconds() + " seconds");
      case Connector.Contact.Failed(String reason) -> unreachable(relay, place + ": " + reason);
    };
  }

  private Finding open(RelayHost relay, String place, String greeting) {
    boolean wrapped = subject.config().flag("smtp_tls_wrappermode");
    if (!wrapped && !greeting.isEmpty() && !greeting.startsWith("220")) {
      return Finding.error(
          "relay-greeting",
          place + " greets with \"" + greeting + "\" instead of 220",
          "all mail for others waits",
          "look whether that is the provider's server: "
              + subject.command("postconf", "relayhost"));
    }
    // RelayProtectionCheck tells of a port that begins with TLS.
    if (!wrapped && greeting.isEmpty() && relay.port() != 465) {
      return Finding.error(
          "relay-silent",
          place + " takes the connection and says nothing",
          "all mail for others waits",
          "if that port begins with TLS: " + subject.set("smtp_tls_wrappermode", "yes"));
    }
    return Finding.ok("relay", place + " can be reached");
  }

  private Finding unreachable(RelayHost relay, String what) {
    if (relay.port() == 25) {
      return Finding.error(
          "port-25-blocked",
          what,
          "all mail for others waits; most networks block port 25 of their customers",
          subject.set("relayhost", "[" + relay.host() + "]:587")
              + " (or port 2525, or 465 with smtp_tls_wrappermode = yes)");
    }
    return Finding.error(
        "relay-unreachable",
        what,
        "all mail for others waits",
        "look whether the port is right and no firewall is between: "
            + subject.command("postconf", "relayhost"));
  }

  private static String literal(RelayHost relay, List<InetAddress> addresses) {
    try {
      addresses.add(InetAddress.ofLiteral(relay.host()));
      return "";
    } catch (IllegalArgumentException _) {
      return "is no address";
    }
  }

  private String ask(RelayHost relay, List<InetAddress> addresses) {
    String host = relay.host();
    if (!relay.direct()) {
      switch (resolver.mx(host)) {
        case DnsAnswer.Found<MxHost> found ->
            host =
                found.records().stream()
                    .min(Comparator.comparingInt(MxHost::preference))
                    .orElseThrow()
                    .name();
        case DnsAnswer.TemporaryFailure<MxHost>(String reason) -> {
          return NO_ANSWER + reason;
        }
        case DnsAnswer.NoData<MxHost> _ -> {}
        case DnsAnswer.NxDomain<MxHost> _ -> {}
      }
    }
    String trouble = "the DNS has no such name";
    for (Resolver.Family family : Resolver.Family.values()) {
      switch (resolver.addresses(host, family)) {
        case DnsAnswer.Found<InetAddress> found -> addresses.addAll(found.records());
        case DnsAnswer.NoData<InetAddress> _ -> trouble = "the DNS has no address for it";
        case DnsAnswer.NxDomain<InetAddress> _ -> {}
        case DnsAnswer.TemporaryFailure<InetAddress>(String reason) -> {
          // Each question takes its time: one without an answer is enough.
          return NO_ANSWER + reason;
        }
      }
    }
    return trouble;
  }
}
