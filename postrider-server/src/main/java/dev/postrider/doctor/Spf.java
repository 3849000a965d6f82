package dev.postrider.doctor;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.DomainRecords;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Judges as a receiver would whether a domain lets an address send (RFC 7208), for records without
 * macros. For one judgement.
 */
final class Spf {
  /** RFC 7208 §4.6.4. */
  private static final int MOST_LOOKUPS = 10;

  private static final int MOST_VOID = 2;
  private static final int MOST_MX = 10;
  private static final Pattern IP4 = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
  private static final Pattern IP6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*");

  /** The judgement ends here, however deep. */
  private static final class EndedException extends Exception {
    private static final long serialVersionUID = 1;

    private final SpfVerdict.Kind kind;

    EndedException(SpfVerdict.Kind kind, String reason) {
      super(reason);
      this.kind = kind;
    }

    SpfVerdict verdict() {
      return new SpfVerdict(kind, String.valueOf(getMessage()));
    }
  }

  private final DomainRecords records;
  private final Resolver resolver;
  private final InetAddress address;
  private int lookups;
  private int voids;

  private Spf(DomainRecords records, Resolver resolver, InetAddress address) {
    this.records = records;
    this.resolver = resolver;
    this.address = address;
  }

  /** Judges mail of a domain that comes from an address. */
  static SpfVerdict judge(
      DomainRecords records, Resolver resolver, String domain, InetAddress address) {
    try {
      return new Spf(records, resolver, address).judge(domain);
    } catch (EndedException e) {
      return e.verdict();
    }
  }

  private SpfVerdict judge(String domain) throws EndedException {
    Optional<String> record = record(domain);
    if (record.isEmpty()) {
      return new SpfVerdict(SpfVerdict.Kind.NONE, domain + " has no SPF record");
    }
    Optional<String> redirect = Optional.empty();
    for (String term : record.get().strip().split(" +")) {
      String lower = term.toLowerCase(Locale.ROOT);
      if (lower.equals("v=spf1") || lower.isEmpty()) {
        continue;
      }
      if (lower.matches("[a-z][a-z0-9._-]*=.*")) {
        if (lower.startsWith("redirect=")) {
          redirect = Optional.of(term.substring(term.indexOf('=') + 1));
        }
        continue;
      }
      boolean qualified = "+-~?".indexOf(lower.charAt(0)) >= 0;
      if (matches(qualified ? lower.substring(1) : lower, domain)) {
        return new SpfVerdict(kind(qualified ? lower.charAt(0) : '+'), term);
      }
    }
    return redirect.isPresent()
        ? redirected(redirect.get())
        : new SpfVerdict(SpfVerdict.Kind.NEUTRAL, "no term of it fits");
  }

  private SpfVerdict redirected(String domain) throws EndedException {
    count("redirect=" + domain);
    SpfVerdict verdict = judge(plain(domain));
    return verdict.kind() == SpfVerdict.Kind.NONE
        ? new SpfVerdict(SpfVerdict.Kind.BROKEN, "redirect=" + domain + ": no SPF record is there")
        : verdict;
  }

  private static SpfVerdict.Kind kind(char qualifier) {
    return switch (qualifier) {
      case '-' -> SpfVerdict.Kind.FAIL;
      case '~' -> SpfVerdict.Kind.SOFTFAIL;
      case '?' -> SpfVerdict.Kind.NEUTRAL;
      default -> SpfVerdict.Kind.PASS;
    };
  }

  private Optional<String> record(String domain) throws EndedException {
    List<String> found = new ArrayList<>();
    for (String text : found(records.texts(domain), domain)) {
      String lower = text.toLowerCase(Locale.ROOT);
      if (lower.equals("v=spf1") || lower.startsWith("v=spf1 ")) {
        found.add(text);
      }
    }
    if (found.size() > 1) {
      throw broken(domain + " has " + found.size() + " SPF records, which is the same as none");
    }
    return found.stream().findFirst();
  }

  private boolean matches(String term, String domain) throws EndedException {
    String name = term.split("[:/]", 2)[0];
    String rest = term.substring(name.length());
    return switch (name) {
      case "all" -> true;
      case "ip4" -> within(IP4, rest.substring(Math.min(1, rest.length())), term);
      case "ip6" -> within(IP6, rest.substring(Math.min(1, rest.length())), term);
      case "a" -> {
        count(term);
        Target target = Target.of(rest, domain, term);
        yield hosts(List.of(target.domain), target);
      }
      case "mx" -> {
        count(term);
        Target target = Target.of(rest, domain, term);
        List<String> names =
            found(resolver.mx(target.domain), target.domain).stream().map(MxHost::name).toList();
        if (names.size() > MOST_MX) {
          throw broken(term + " has more than " + MOST_MX + " hosts");
        }
        yield hosts(names, target);
      }
      case "include" -> {
        count(term);
        yield included(plain(rest.substring(Math.min(1, rest.length()))), term);
      }
      case "exists" -> {
        count(term);
        yield !addresses(plain(rest.substring(Math.min(1, rest.length()))), Resolver.Family.IPV4)
            .isEmpty();
      }
      case "ptr" -> {
        // Not to be used, but receivers do follow it (§5.5): each finds its own names.
        count(term);
        throw new EndedException(
            SpfVerdict.Kind.UNJUDGED, term + " depends on the names of the address");
      }
      default -> throw broken(term + " is no term of SPF");
    };
  }

  private boolean included(String domain, String term) throws EndedException {
    SpfVerdict inner = judge(domain);
    return switch (inner.kind()) {
      case PASS -> true;
      case FAIL, SOFTFAIL, NEUTRAL -> false;
      case NONE, BROKEN -> throw broken(term + ": " + inner.reason());
      case TEMPORARY, UNJUDGED -> throw new EndedException(inner.kind(), inner.reason());
    };
  }

  /**
   * Whose addresses a term means.
   *
   * @param bits4 of IPv4 addresses that must be the same
   * @param bits6 of IPv6 addresses
   */
  private record Target(String domain, int bits4, int bits6) {
    static Target of(String rest, String domain, String term) throws EndedException {
      int slash = rest.indexOf('/');
      String name = slash < 0 ? rest : rest.substring(0, slash);
      String bits = slash < 0 ? "" : rest.substring(slash);
      int two = bits.indexOf("//");
      String four = two < 0 ? bits : bits.substring(0, two);
      return new Target(
          name.startsWith(":") ? plain(name.substring(1)) : domain,
          four.isEmpty() ? 32 : bits(four.substring(1), 32, term),
          two < 0 ? 128 : bits(bits.substring(two + 2), 128, term));
    }
  }

  private boolean hosts(List<String> names, Target target) throws EndedException {
    boolean six = address.getAddress().length == 16;
    for (String name : names) {
      List<InetAddress> all = addresses(name, six ? Resolver.Family.IPV6 : Resolver.Family.IPV4);
      for (InetAddress each : all) {
        if (same(each, six ? target.bits6 : target.bits4)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean within(Pattern form, String network, String term) throws EndedException {
    int slash = network.indexOf('/');
    String literal = slash < 0 ? network : network.substring(0, slash);
    InetAddress base;
    try {
      // Java takes short forms too, which are none here.
      base = InetAddress.ofLiteral(form.matcher(literal).matches() ? literal : "none");
    } catch (IllegalArgumentException _) {
      throw broken(term + " names no address");
    }
    int most = base.getAddress().length * 8;
    return same(base, slash < 0 ? most : bits(network.substring(slash + 1), most, term));
  }

  private boolean same(InetAddress other, int bits) {
    byte[] ours = address.getAddress();
    byte[] theirs = other.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if (((ours[bit / 8] ^ theirs[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int bits(String text, int most, String term) throws EndedException {
    if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= most) {
      return Integer.parseInt(text);
    }
    throw broken(term + " has a length that is none");
  }

  private static String plain(String domain) throws EndedException {
    if (domain.indexOf('%') >= 0) {
      throw new EndedException(SpfVerdict.Kind.UNJUDGED, domain + " depends on each message");
    }
    if (domain.isEmpty()) {
      throw broken("a term lacks its domain");
    }
    return domain;
  }

  private List<InetAddress> addresses(String name, Resolver.Family family) throws EndedException {
    return found(resolver.addresses(name, family), name);
  }

  private <T> List<T> found(DnsAnswer<T> answer, String name) throws EndedException {
    return switch (answer) {
      case DnsAnswer.Found<T> some -> some.records();
      case DnsAnswer.TemporaryFailure<T>(var reason, _) ->
          throw new EndedException(SpfVerdict.Kind.TEMPORARY, name + ": " + reason);
      case DnsAnswer.NoData<T> _ -> nothing(name);
      case DnsAnswer.NxDomain<T> _ -> nothing(name);
    };
  }

  private <T> List<T> nothing(String name) throws EndedException {
    // The first question, for the record itself, is no term of one.
    if (lookups > 0 && ++voids > MOST_VOID) {
      throw broken("too many of its names do not exist, such as " + name);
    }
    return List.of();
  }

  private void count(String term) throws EndedException {
    if (++lookups > MOST_LOOKUPS) {
      throw broken("more than " + MOST_LOOKUPS + " questions are needed for it, at " + term);
    }
  }

  private static EndedException broken(String reason) {
    return new EndedException(SpfVerdict.Kind.BROKEN, reason);
  }
}
