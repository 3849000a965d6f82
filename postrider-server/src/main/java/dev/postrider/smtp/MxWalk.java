package dev.postrider.smtp;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.Resolver.Family;
import dev.postrider.dns.SrvHost;
import dev.postrider.failure.Stage;
import dev.postrider.log.MailLog;
import java.net.IDN;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of a next hop in the order to try them (RFC 5321 §5.1). Safe on any thread.
 *
 * <p>Only what the DNS states as a fact fails mail for good; everything else defers it.
 */
final class MxWalk {
  /** Loops are only looked for on the port that other hosts deliver to. */
  private static final int SMTP_PORT = 25;

  /** What a look-up came to. */
  sealed interface Result {
    /** At least one address, best first. */
    record Targets(List<Target.Host> targets) implements Result {}

    /** No address. */
    record Failed(Failure failure) implements Result {}

    /**
     * No server is better than this machine.
     *
     * @param failure that mail for it loops, if nothing here takes it
     */
    record Ours(Failure failure) implements Result {}
  }

  private final Resolver resolver;
  private final MailLog log;
  private final String process;
  private final OwnAddresses own;
  private final RandomGenerator random;
  private final List<Family> families;
  private final String preferred;
  private final boolean balanced;
  private final boolean shuffled;
  private final int addressLimit;
  private final boolean usesMx;
  private final boolean looksForLoops;
  private final boolean ignoresMxErrors;
  private final boolean defersWithoutAddress;
  private final boolean aliasNamesServer;
  private final Services services;

  MxWalk(ClientConfig config, Resolver resolver, OwnAddresses own, Diagnostics diagnostics) {
    this.resolver = resolver;
    this.own = own;
    this.log = diagnostics.log();
    this.process = diagnostics.process();
    this.random = diagnostics.random();
    families = Family.of(config.list("inet_protocols"));
    preferred = config.text("smtp_address_preference");
    balanced = config.flag("smtp_balance_inet_protocols");
    shuffled = config.flag("smtp_randomize_addresses");
    addressLimit = config.number("smtp_mx_address_limit");
    // LMTP goes to a program on this machine or next door: no domain whose servers could be sought,
    // and no loop to look for.
    looksForLoops = config.dialect() == Dialect.SMTP;
    usesMx = looksForLoops && DnsSupport.of(config).usesMx();
    ignoresMxErrors = config.flag("ignore_mx_lookup_error");
    defersWithoutAddress = config.flag("smtp_defer_if_no_mx_address_found");
    aliasNamesServer = config.flag("smtp_cname_overrides_servername");
    services = Services.of(config);
  }

  /** Where to say things, and the dice for servers of equal preference. */
  record Diagnostics(MailLog log, String process, RandomGenerator random) {}

  Result find(Site site) {
    InetAddress literal = literal(site.host());
    if (literal != null) {
      return ofAddress(site, literal);
    }
    String host;
    try {
      host = IDN.toASCII(site.host(), IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException _) {
      return failed(
          "5.4.4", "Name service error for " + site.host() + ": invalid host or domain name");
    }
    if (!site.direct() && services.include(site)) {
      return ofService(site, host);
    }
    return withoutService(site, host);
  }

  private Result withoutService(Site site, String host) {
    return site.direct() || !usesMx ? ofHost(site, host) : ofDomain(site, host);
  }

  /** By SRV records (RFC 2782), for the services of {@code use_srv_lookup}. */
  private Result ofService(Site site, String domain) {
    String name = "_" + services.service(site) + "._tcp." + domain;
    return switch (resolver.srv(name)) {
      case DnsAnswer.Found<SrvHost> found -> {
        Result result = ofServices(site, name, found);
        yield result instanceof Result.Failed(var failure) && services.fallsBack()
            ? insteadOfService(site, domain, name, failure)
            : result;
      }
      case DnsAnswer.TemporaryFailure<SrvHost>(var reason, var cause) -> {
        Failure failure = unknown(name, "SRV", reason, cause);
        yield services.fallsBack()
                || (services.ignoresErrors() && cause != DnsAnswer.Cause.FILTERED)
            ? insteadOfService(site, domain, name, failure)
            : new Result.Failed(failure);
      }
      case DnsAnswer.NxDomain<SrvHost> _, DnsAnswer.NoData<SrvHost> _ -> {
        Failure failure = lookup("5.4.4", nameServiceError(name, "SRV", "Host not found"));
        yield services.fallsBack()
            ? insteadOfService(site, domain, name, failure)
            : new Result.Failed(failure);
      }
    };
  }

  private Result insteadOfService(Site site, String domain, String name, Failure why) {
    log.info(process, "skipping SRV lookup for " + name + ": " + why.text());
    return withoutService(site, domain);
  }

  private Result ofServices(Site site, String name, DnsAnswer.Found<SrvHost> answer) {
    List<SrvHost> records = answer.records();
    if (records.size() == 1 && records.getFirst().name().isEmpty()) {
      return failed("5.1.0", "Domain " + name + " does not support SRV requests");
    }
    Vouched named =
        new Vouched(
            answer.authentic() ? Vouched.Mx.SIGNED : Vouched.Mx.UNSIGNED,
            answer.owner(),
            false,
            "");
    List<Target.Host> found = new ArrayList<>();
    Failure last = null;
    for (SrvHost server : ServiceOrder.of(records, random)) {
      if (server.name().isEmpty() || found.size() >= enough()) {
        continue;
      }
      Site there = site.withPort(server.port());
      Failure failure =
          addAddresses(there, new MxHost(server.priority(), server.name()), named, found);
      if (last == null || failure.code().klass() == 4) {
        last = failure;
      }
    }
    if (found.isEmpty()) {
      log.warning(process, "no SRV host for " + name + " has a valid address record");
      return last == null
          ? failed("5.4.4", "unable to find primary relay for " + name)
          : new Result.Failed(last);
    }
    List<Target.Host> beforeSelf = upToSelf(site, found);
    if (beforeSelf.isEmpty()) {
      return loop(site);
    }
    return new Result.Targets(limited(marked(beforeSelf)));
  }

  private static @Nullable InetAddress literal(String host) {
    boolean looksLikeOne =
        host.indexOf(':') >= 0 || Character.isDigit(host.charAt(host.length() - 1));
    try {
      return looksLikeOne ? InetAddress.ofLiteral(host) : null;
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private Result ofAddress(Site site, InetAddress address) {
    if (loops(site, address)) {
      return loop(site);
    }
    return new Result.Targets(
        List.of(new Target.Host(site, site.host(), address, 0, true, Vouched.NOT)));
  }

  private Result ofHost(Site site, String host) {
    List<Target.Host> found = new ArrayList<>();
    Failure failure = addAddresses(site, new MxHost(0, host), Vouched.NOT, found);
    if (found.isEmpty()) {
      return new Result.Failed(failure);
    }
    for (Target.Host target : found) {
      if (loops(site, target.address())) {
        return loop(site);
      }
    }
    return new Result.Targets(ordered(found));
  }

  private Result ofDomain(Site site, String domain) {
    return switch (resolver.mx(domain)) {
      case DnsAnswer.NxDomain<MxHost> _, DnsAnswer.NoData<MxHost> _ -> ofHost(site, domain);
      case DnsAnswer.TemporaryFailure<MxHost>(var reason, var cause) ->
          ignoresMxErrors && cause != DnsAnswer.Cause.FILTERED
              ? ofHost(site, domain)
              : new Result.Failed(unknown(domain, "MX", reason, cause));
      case DnsAnswer.Found<MxHost> found ->
          ofRecords(
              site,
              found.records(),
              new Vouched(
                  found.authentic() ? Vouched.Mx.SIGNED : Vouched.Mx.UNSIGNED,
                  found.owner(),
                  false,
                  ""));
    };
  }

  private Result ofRecords(Site site, List<MxHost> records, Vouched named) {
    if (records.size() == 1 && records.getFirst().name().isEmpty()) {
      return failed("5.1.0", "Domain " + site.host() + " does not accept mail (nullMX)");
    }
    List<MxHost> sorted = new ArrayList<>(records);
    Collections.shuffle(sorted, random);
    sorted.sort(Comparator.comparingInt(MxHost::preference));
    List<Target.Host> found = new ArrayList<>();
    Failure last = null;
    for (MxHost mx : sorted) {
      if (mx.name().isEmpty() || literal(mx.name()) != null) {
        log.warning(
            process,
            "numeric or empty domain name in resource data of MX record for "
                + site.host()
                + ": "
                + mx.name());
        continue;
      }
      if (found.size() >= enough() && found.getLast().preference() < mx.preference()) {
        break;
      }
      Failure failure = addAddresses(site, mx, named, found);
      if (failure.code().klass() == 4 || last == null || last.code().klass() == 5) {
        last = failure;
      }
    }
    if (found.isEmpty()) {
      return withoutAddress(site, last);
    }
    List<Target.Host> beforeSelf = upToSelf(site, found);
    return beforeSelf.isEmpty()
        ? new Result.Ours(loops(site))
        : new Result.Targets(ordered(beforeSelf));
  }

  /** More addresses than this need not be known: a domain with 500 servers costs no 500 queries. */
  private int enough() {
    return addressLimit > 0 ? addressLimit * 4 : Integer.MAX_VALUE;
  }

  private Result withoutAddress(Site site, @Nullable Failure last) {
    log.warning(process, "no MX host for " + site.host() + " has a valid address record");
    if (last == null) {
      return failed("5.4.4", "unable to find primary relay for " + site.host());
    }
    return new Result.Failed(
        defersWithoutAddress
            ? new Failure(last.stage(), last.code().withClass(4), last.text(), null)
            : last);
  }

  /** Servers as good as or worse than ourselves would hand the mail back to us (§5.1). */
  private List<Target.Host> upToSelf(Site site, List<Target.Host> found) {
    int ownPreference = Integer.MAX_VALUE;
    for (Target.Host target : found) {
      if (loops(site, target.address())) {
        ownPreference = Math.min(ownPreference, target.preference());
      }
    }
    List<Target.Host> kept = new ArrayList<>();
    for (Target.Host target : found) {
      if (target.preference() < ownPreference) {
        kept.add(target);
      }
    }
    return kept;
  }

  private boolean loops(Site site, InetAddress address) {
    return looksForLoops && site.port() == SMTP_PORT && own.contains(address);
  }

  private static Result loop(Site site) {
    return new Result.Failed(loops(site));
  }

  private static Failure loops(Site site) {
    return lookup("5.4.6", "mail for " + site.written() + " loops back to myself");
  }

  /**
   * Adds the addresses of one host.
   *
   * @param named what is known of the MX record
   * @return why there is none; means nothing if some were added
   */
  private Failure addAddresses(Site site, MxHost mx, Vouched named, List<Target.Host> into) {
    Failure hard = null;
    Failure soft = null;
    for (Family family : families) {
      String type = family.recordType();
      switch (resolver.addresses(mx.name(), family)) {
        case DnsAnswer.Found<InetAddress> found -> {
          Vouched vouched =
              new Vouched(named.mx(), named.mxOwner(), found.authentic(), found.owner());
          String host = aliasNamesServer && !found.owner().isEmpty() ? found.owner() : mx.name();
          for (InetAddress address : found.records()) {
            into.add(new Target.Host(site, host, address, mx.preference(), false, vouched));
          }
        }
        case DnsAnswer.NxDomain<InetAddress> _ ->
            hard = lookup("5.4.4", nameServiceError(mx.name(), type, "Host not found"));
        case DnsAnswer.NoData<InetAddress> _ ->
            hard =
                lookup(
                    "5.4.4",
                    nameServiceError(
                        mx.name(), type, "Host found but no data record of requested type"));
        case DnsAnswer.TemporaryFailure<InetAddress>(var reason, var cause) ->
            soft = unknown(mx.name(), type, reason, cause);
      }
    }
    if (soft != null) {
      return soft;
    }
    return hard != null
        ? hard
        : lookup("5.4.4", nameServiceError(mx.name(), "A", "Host not found"));
  }

  /** Sorts by preference, mixes equals, and cuts the list with both families still in it. */
  private List<Target.Host> ordered(List<Target.Host> found) {
    List<Target.Host> sorted = new ArrayList<>(found);
    if (shuffled) {
      Collections.shuffle(sorted, random);
    }
    sorted.sort(
        Comparator.comparingInt(Target.Host::preference).thenComparingInt(this::familyRank));
    return limited(marked(sorted));
  }

  private static List<Target.Host> marked(List<Target.Host> sorted) {
    int best = sorted.getFirst().preference();
    List<Target.Host> marked = new ArrayList<>(sorted.size());
    for (Target.Host t : sorted) {
      marked.add(t.asBestMx(t.preference() == best));
    }
    return marked;
  }

  private List<Target.Host> limited(List<Target.Host> marked) {
    if (addressLimit <= 0 || marked.size() <= addressLimit) {
      return marked;
    }
    return balanced ? balance(marked) : marked.subList(0, addressLimit);
  }

  private int familyRank(Target.Host target) {
    boolean v4 = isIpv4(target);
    return switch (preferred) {
      case "ipv4" -> v4 ? 0 : 1;
      case "ipv6" -> v4 ? 1 : 0;
      default -> 0;
    };
  }

  /** Keeps room for both families, so that five dead IPv6 addresses do not hide a live IPv4 one. */
  private List<Target.Host> balance(List<Target.Host> sorted) {
    int v4 = 0;
    for (Target.Host target : sorted) {
      v4 += isIpv4(target) ? 1 : 0;
    }
    int v6 = sorted.size() - v4;
    int half = addressLimit / 2;
    int room4 = Math.min(v4, Math.max(addressLimit - half, addressLimit - v6));
    int room6 = Math.min(v6, addressLimit - room4);
    List<Target.Host> kept = new ArrayList<>(addressLimit);
    for (Target.Host target : sorted) {
      if (isIpv4(target) ? room4-- > 0 : room6-- > 0) {
        kept.add(target);
      }
    }
    return kept;
  }

  private static boolean isIpv4(Target.Host target) {
    return target.address().getAddress().length == 4;
  }

  private static String nameServiceError(String name, String type, String what) {
    return "Host or domain name not found. Name service error for name="
        + name
        + " type="
        + type
        + ": "
        + what;
  }

  /** What the DNS does not say, or a filter of ours keeps from us. */
  private static Failure unknown(String name, String type, String reason, DnsAnswer.Cause cause) {
    String filtered = "Error looking up name=" + name + " type=" + type + ": " + reason;
    return switch (cause) {
      case NO_ANSWER -> lookup("4.4.3", nameServiceError(name, type, "Host not found, try again"));
      case FILTERED -> lookup("4.7.0", filtered);
      case FILTER_BROKEN -> lookup("4.4.3", filtered);
    };
  }

  private static Failure lookup(String code, String text) {
    return Failure.of(Stage.LOOKUP, code, text);
  }

  private static Result failed(String code, String text) {
    return new Result.Failed(lookup(code, text));
  }
}
