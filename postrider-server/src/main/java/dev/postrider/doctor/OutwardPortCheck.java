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

/** Whether port 25 of others can be reached, for who sends directly: most networks block it. */
final class OutwardPortCheck implements Check {
  private static final Duration LIMIT = Duration.ofSeconds(4);
  private static final int SMTP = 25;

  /** Two that never rest: if neither answers, it is this network. */
  private static final List<String> DOMAINS = List.of("gmail.com", "icloud.com");

  private final Subject subject;
  private final Resolver resolver;
  private final Connector connector;

  OutwardPortCheck(Subject subject, Resolver resolver, Connector connector) {
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
    return "port 25 of other systems";
  }

  @Override
  public boolean asksNetwork() {
    return true;
  }

  @Override
  public List<Finding> look() throws InterruptedException {
    if (!subject.config().text("relayhost").isEmpty()
        || !subject.config().text("default_transport").startsWith("smtp")) {
      return List.of();
    }
    List<Resolver.Family> families =
        Resolver.Family.of(
            Relay.client(subject, Relay.serviceOf(subject.config().text("default_transport")))
                .list("inet_protocols"));
    List<String> troubles = new ArrayList<>();
    for (String domain : DOMAINS) {
      for (InetSocketAddress server : servers(domain, families)) {
        String place = domain + "'s " + server;
        switch (connector.connect(server, LIMIT)) {
          case Connector.Contact.Open _ -> {
            return List.of(Finding.ok("port-25", place + " can be reached"));
          }
          case Connector.Contact.Refused() -> troubles.add(place + " refuses connections");
          case Connector.Contact.Silent() ->
              troubles.add(place + " does not answer within " + LIMIT.toSeconds() + " seconds");
          // Firewalls also answer that there is no way.
          case Connector.Contact.Failed(String reason) -> troubles.add(place + ": " + reason);
        }
      }
    }
    return troubles.isEmpty()
        ? List.of(
            Finding.note(
                "port-25-unknown",
                "whether port 25 of others can be reached was not tried: the DNS has no address of "
                    + String.join(" or ", DOMAINS),
                ""))
        : List.of(
            Finding.error(
                "port-25-blocked",
                String.join("; ", troubles) + ": this network blocks port 25 outward",
                "no mail goes out directly",
                "relay through a provider: postrider setup YOU@PROVIDER, or have whoever runs the"
                    + " network open port 25"));
  }

  /** One address of each family. */
  private List<InetSocketAddress> servers(String domain, List<Resolver.Family> families) {
    List<InetSocketAddress> servers = new ArrayList<>();
    if (resolver.mx(domain) instanceof DnsAnswer.Found<MxHost> found) {
      String host =
          found.records().stream()
              .min(Comparator.comparingInt(MxHost::preference))
              .orElseThrow()
              .name();
      for (Resolver.Family family : families) {
        if (resolver.addresses(host, family) instanceof DnsAnswer.Found<InetAddress> addresses) {
          servers.add(new InetSocketAddress(addresses.records().getFirst(), SMTP));
        }
      }
    }
    return servers;
  }
}
