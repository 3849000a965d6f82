package dev.postrider.doctor;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.DomainRecords;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Proves that other servers will take mail from this machine directly: the way out by port 25 is
 * open, its address has the name that it greets by, and the domain of its mail allows the address.
 * For one proof.
 */
public final class DirectProof {
  private static final int SMTP = 25;
  private static final String NO_DNS = "dns-silent";
  private static final int MOST_SERVERS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String BY_PROVIDER =
      "mail can still go out by a provider: postrider setup you@provider.example";

  /**
   * What is to be proven.
   *
   * @param hostName to greet by
   * @param domain of the senders
   * @param address that others see; empty: to be found out
   * @param probe a mail server to greet; empty: one of {@code wellKnown}
   * @param wellKnown a domain that surely takes mail
   */
  public record Claim(
      String hostName,
      String domain,
      Optional<InetAddress> address,
      Optional<String> probe,
      String wellKnown) {}

  private final Resolver resolver;
  private final DomainRecords records;
  private final MailPort port;
  private final Claim claim;
  private final List<Finding> found = new ArrayList<>();

  private DirectProof(Resolver resolver, DomainRecords records, MailPort port, Claim claim) {
    this.resolver = resolver;
    this.records = records;
    this.port = port;
    this.claim = claim;
  }

  /** Looks; every error is a reason not to send directly. */
  public static List<Finding> of(
      Resolver resolver, DomainRecords records, MailPort port, Claim claim) {
    return new DirectProof(resolver, records, port, claim).look();
  }

  private List<Finding> look() {
    if (claim.hostName().indexOf('.') < 0 || claim.hostName().endsWith(".local")) {
      found.add(
          Finding.error(
              "host-name",
              claim.hostName() + " is no name that others know",
              "servers refuse who greets by it",
              "say a full one: postrider setup --direct mail.example.com"));
    }
    Optional<InetAddress> seen = wayOut();
    Optional<InetAddress> address = claim.address().or(() -> seen);
    if (address.isPresent()) {
      name(address.get());
      spf(address.get());
    } else if (found.stream()
        .noneMatch(each -> each.id().equals("port-25-blocked") || each.id().equals(NO_DNS))) {
      found.add(
          Finding.error(
              "no-address",
              "the address that others see this machine at is not known",
              "whether it has a name and may send cannot be told",
              "say it with --address"));
    }
    return List.copyOf(found);
  }

  /** Greets one server outside; returns the address that this machine was seen at. */
  private Optional<InetAddress> wayOut() {
    List<String> silence = new ArrayList<>();
    List<String> servers = claim.probe().map(List::of).orElseGet(() -> wellKnownServers(silence));
    boolean tried = false;
    String last = "no mail server of " + claim.wellKnown() + " is found in the DNS";
    for (String server : servers.subList(0, Math.min(MOST_SERVERS, servers.size()))) {
      for (InetAddress each : addresses(server, silence)) {
        tried = true;
        InetSocketAddress place = new InetSocketAddress(each, SMTP);
        switch (port.greet(place, claim.hostName(), PATIENCE)) {
          case MailPort.Answer.Open(var greeting, var seenAs) -> {
            found.add(
                Finding.ok("port-25", "port 25 outward is open: " + server + " says " + greeting));
            return seenAs;
          }
          case MailPort.Answer.Closed(var reason) ->
              last = server + "[" + each.getHostAddress() + "]:25: " + reason;
        }
      }
    }
    if (!tried && !silence.isEmpty()) {
      found.add(noDns("the address of a mail server outside", silence.getFirst()));
      return Optional.empty();
    }
    found.add(
        Finding.error(
            "port-25-blocked",
            "no connection to port 25 outside comes about: " + last,
            "most home lines and clouds block it, and without it no mail can be sent directly",
            "have the port opened by whoever runs the network; " + BY_PROVIDER));
    return Optional.empty();
  }

  /** No answer proves nothing of what was asked for. */
  private static Finding noDns(String question, String reason) {
    return Finding.error(
        NO_DNS,
        "the DNS does not answer: " + question + ": " + reason,
        "whether mail can be sent directly cannot be told",
        "look at the name servers of this machine (/etc/resolv.conf), or try again later");
  }

  /**
   * What the DNS has.
   *
   * @param silence takes the reason if it does not answer
   */
  private static <T> List<T> known(DnsAnswer<T> answer, List<String> silence) {
    return switch (answer) {
      case DnsAnswer.Found<T> some -> some.records();
      case DnsAnswer.NoData<T> _ -> List.of();
      case DnsAnswer.NxDomain<T> _ -> List.of();
      case DnsAnswer.TemporaryFailure<T>(String reason, _) -> {
        silence.add(reason);
        yield List.of();
      }
    };
  }

  private List<String> wellKnownServers(List<String> silence) {
    return known(resolver.mx(claim.wellKnown()), silence).stream()
        .sorted(Comparator.comparingInt(MxHost::preference))
        .map(MxHost::name)
        .toList();
  }

  /** IPv4 first: where only that works, the other is no fault. */
  private List<InetAddress> addresses(String host, List<String> silence) {
    List<InetAddress> all = new ArrayList<>();
    for (Resolver.Family family : List.of(Resolver.Family.IPV4, Resolver.Family.IPV6)) {
      all.addAll(known(resolver.addresses(host, family), silence));
    }
    return all;
  }

  private void name(InetAddress address) {
    String place = address.getHostAddress();
    String mend =
        "have whoever gave you the address set its name (PTR) to "
            + claim.hostName()
            + "; or "
            + BY_PROVIDER;
    List<String> silence = new ArrayList<>();
    List<String> names = known(records.names(address), silence);
    if (!silence.isEmpty()) {
      found.add(noDns("the name of " + place, silence.getFirst()));
      return;
    }
    if (names.stream().noneMatch(claim.hostName()::equalsIgnoreCase)) {
      found.add(
          Finding.error(
              "ptr",
              names.isEmpty()
                  ? place + " has no name in the DNS (PTR)"
                  : place + " is " + names.getFirst() + " in the DNS, not " + claim.hostName(),
              "large providers refuse mail from it (550 5.7.25)",
              names.isEmpty()
                  ? mend
                  : mend + "; or greet by the name that it has: --direct " + names.getFirst()));
    } else if (addresses(claim.hostName(), silence).contains(address)) {
      found.add(Finding.ok("ptr", place + " is " + claim.hostName() + " in the DNS, and back"));
    } else if (!silence.isEmpty()) {
      found.add(noDns("the address of " + claim.hostName(), silence.getFirst()));
    } else {
      found.add(
          Finding.error(
              "forward",
              claim.hostName() + " does not lead back to " + place + " in the DNS",
              "a name that does not is taken for a forged one",
              "in the zone: " + claim.hostName() + ". " + kind(address) + " " + place));
    }
  }

  private static String kind(InetAddress address) {
    return address.getAddress().length == 16 ? "AAAA" : "A";
  }

  private void spf(InetAddress address) {
    String domain = claim.domain().toLowerCase(Locale.ROOT);
    SpfVerdict verdict = Spf.judge(records, resolver, domain, address);
    String place = address.getHostAddress();
    String mend =
        "in the zone: "
            + domain
            + ". TXT \"v=spf1 "
            + (address.getAddress().length == 16 ? "ip6:" : "ip4:")
            + place
            + " -all\"";
    switch (verdict.kind()) {
      case PASS ->
          found.add(
              Finding.ok(
                  "spf",
                  "SPF of " + domain + " lets " + place + " send (" + verdict.reason() + ")"));
      case FAIL, SOFTFAIL, NEUTRAL ->
          found.add(
              Finding.error(
                  "spf",
                  "SPF of " + domain + " does not let " + place + " send: " + verdict.reason(),
                  "mail of the domain from here is refused or taken for spam",
                  mend + " or a term for this address in the record that is there"));
      case NONE ->
          found.add(
              Finding.error(
                  "spf",
                  verdict.reason(),
                  "large providers refuse mail that neither SPF nor DKIM vouches for (550 5.7.26)",
                  mend));
      case BROKEN ->
          found.add(
              Finding.error(
                  "spf",
                  "the SPF record of " + domain + " has a fault: " + verdict.reason(),
                  "receivers take no notice of it, or refuse the mail",
                  mend));
      case TEMPORARY, UNJUDGED ->
          found.add(
              Finding.note(
                  "spf-unknown",
                  "SPF of " + domain + " could not be judged: " + verdict.reason(),
                  ""));
    }
  }
}
