package dev.postrider.doctor;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.DomainRecords;
import dev.postrider.dns.Resolver;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether servers will take mail that comes from this machine directly: PTR, SPF, DKIM, DMARC. */
final class DirectSendingCheck implements Check {
  private static final String REFUSED =
      "large providers refuse mail or take it for spam (docs/direct.md)";

  private final Subject subject;
  private final DomainRecords records;
  private final Resolver resolver;
  private final List<InetAddress> addresses;

  /**
   * @param addresses of this machine
   */
  DirectSendingCheck(
      Subject subject, DomainRecords records, Resolver resolver, List<InetAddress> addresses) {
    this.subject = subject;
    this.records = records;
    this.resolver = resolver;
    this.addresses = List.copyOf(addresses);
  }

  @Override
  public Area area() {
    return Area.NETWORK;
  }

  @Override
  public String subject() {
    return "what the DNS says of this machine and its domain";
  }

  @Override
  public boolean asksNetwork() {
    return true;
  }

  @Override
  public List<Finding> look() {
    String domain = subject.config().text("myorigin");
    // Mail that stays here, or goes to one server, is judged by nobody else.
    if (!subject.config().text("relayhost").isEmpty()
        || !subject.config().text("default_transport").startsWith("smtp")) {
      return List.of();
    }
    List<Finding> found = new ArrayList<>(names());
    found.add(record(domain, "v=spf1", "spf", "SPF", domain + ". TXT \"v=spf1 mx a -all\""));
    addresses.stream()
        .filter(DirectSendingCheck::isPublic)
        .forEach(address -> spf(domain, address, found));
    found.add(dmarc(domain));
    found.add(
        Finding.note(
            "no-dkim",
            "mail is not signed with DKIM by this program",
            "where that is asked for, a provider (relayhost) must sign it"));
    return found;
  }

  private List<Finding> names() {
    List<Finding> found = new ArrayList<>();
    String helo = subject.config().text("smtp_helo_name");
    for (InetAddress address : addresses) {
      if (!isPublic(address)) {
        continue;
      }
      String place = address.getHostAddress();
      switch (records.names(address)) {
        case DnsAnswer.Found<String> names ->
            found.add(
                names.records().stream().anyMatch(name -> name.equalsIgnoreCase(helo))
                    ? Finding.ok("ptr", place + " is " + helo + " in the DNS")
                    : Finding.note(
                        "ptr-differs",
                        "%s is %s in the DNS, and this machine greets as %s"
                            .formatted(place, names.records().getFirst(), helo),
                        "some servers mind"));
        case DnsAnswer.TemporaryFailure<String>(String reason, _) ->
            found.add(unknown("ptr", "the name of " + place, reason));
        case DnsAnswer.NoData<String> _ -> found.add(nameless(place));
        case DnsAnswer.NxDomain<String> _ -> found.add(nameless(place));
      }
    }
    if (found.isEmpty()) {
      found.add(
          Finding.note(
              "ptr-unknown",
              "this machine has no public address of its own, so that its name in the DNS could not be asked",
              "mail leaves by another one's address, which must have a name (PTR)"));
    }
    return found;
  }

  private static Finding nameless(String place) {
    return Finding.warning(
        "no-ptr",
        place + " has no name in the DNS (PTR)",
        REFUSED,
        "have whoever gave you the address set one, or relay through a provider (relayhost)");
  }

  /** What the record says of one of our addresses, if that is not good. */
  private void spf(String domain, InetAddress address, List<Finding> found) {
    SpfVerdict verdict = Spf.judge(records, resolver, domain, address);
    String place = address.getHostAddress();
    switch (verdict.kind()) {
      case FAIL, SOFTFAIL, NEUTRAL ->
          found.add(
              Finding.warning(
                  "spf-denies",
                  "SPF of " + domain + " does not let " + place + " send: " + verdict.reason(),
                  REFUSED,
                  "in the zone: a term for " + place + " in the record of " + domain));
      case BROKEN ->
          found.add(
              Finding.warning(
                  "spf-broken",
                  "the SPF record of " + domain + " has a fault: " + verdict.reason(),
                  REFUSED,
                  "in the zone: mend the record of " + domain));
      case PASS, NONE, TEMPORARY, UNJUDGED -> {
        // Well, or said already.
      }
    }
  }

  /** The record of the domain, or of the one it is a part of (RFC 7489 §6.6.3). */
  private Finding dmarc(String domain) {
    Finding own = dmarcOf(domain);
    String parent = subject.config().text("mydomain");
    return own.severity() == Severity.WARNING && domain.endsWith("." + parent)
        ? dmarcOf(parent)
        : own;
  }

  private Finding dmarcOf(String domain) {
    String name = "_dmarc." + domain;
    return record(name, "v=dmarc1", "dmarc", "DMARC", name + ". TXT \"v=DMARC1; p=none\"");
  }

  private Finding record(String name, String begin, String id, String word, String mend) {
    return switch (records.texts(name)) {
      case DnsAnswer.Found<String> texts
          when texts.records().stream()
              .anyMatch(text -> text.toLowerCase(Locale.ROOT).startsWith(begin)) ->
          Finding.ok(id, name + " has a record for " + word);
      case DnsAnswer.TemporaryFailure<String>(String reason, _) ->
          unknown(id, "the " + word + " record of " + name, reason);
      case DnsAnswer.Found<String> _ -> absent(name, id, word, mend);
      case DnsAnswer.NoData<String> _ -> absent(name, id, word, mend);
      case DnsAnswer.NxDomain<String> _ -> absent(name, id, word, mend);
    };
  }

  private static Finding absent(String name, String id, String word, String mend) {
    return Finding.warning(
        "no-" + id, name + " has no " + word + " record", REFUSED, "in the zone: " + mend);
  }

  private static Finding unknown(String id, String what, String reason) {
    return Finding.note(id + "-unknown", what + " could not be asked: " + reason, "");
  }

  static boolean isPublic(InetAddress address) {
    byte[] octets = address.getAddress();
    boolean uniqueLocal = octets.length == 16 && (octets[0] & 0xfe) == 0xfc;
    boolean shared = octets.length == 4 && octets[0] == 100 && (octets[1] & 0xc0) == 64;
    return !address.isLoopbackAddress()
        && !address.isAnyLocalAddress()
        && !address.isSiteLocalAddress()
        && !address.isLinkLocalAddress()
        && !uniqueLocal
        && !shared;
  }
}
