package dev.postrider.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;

/**
 * The real DNS, by the name servers of {@code /etc/resolv.conf}, which is read again when it
 * changes: a laptop changes networks. Safe on any thread. Caches nothing; the machine's resolver
 * does.
 */
public final class DnsJavaResolver implements Resolver {
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int TRIES = 2;

  /** What goes through everywhere in one piece (RFC 9715). */
  private static final int PAYLOAD = 1232;

  /** A longer chain of CNAMEs is a loop or an attack (standards item 104). */
  private static final int MAX_ALIASES = 10;

  private final List<HostLookup> hostLookup;
  private final Path hostsFile;
  private final @Nullable DnssecProbe probe;
  private final Object lock = new Object();
  private final org.xbill.DNS.@Nullable Resolver fixed;
  private final RecordFilter filter;
  private final NameCompletion completion;
  private @Nullable Servers servers;

  private record Servers(org.xbill.DNS.Resolver resolver, @Nullable FileTime configuredAt) {}

  /** Without signatures: nothing is authentic. */
  public DnsJavaResolver(List<HostLookup> hostLookup) {
    this(hostLookup, (DnssecProbe) null);
  }

  /**
   * With signatures, as far as the servers of {@code /etc/resolv.conf} validate them, and are worth
   * the trust: they should be on this machine.
   *
   * @param setting dnssec_probe
   * @param warn told if they do not validate at all
   */
  public static DnsJavaResolver validated(
      List<HostLookup> hostLookup, String setting, Consumer<String> warn) {
    return new DnsJavaResolver(hostLookup, new DnssecProbe(setting, warn));
  }

  private DnsJavaResolver(List<HostLookup> hostLookup, @Nullable DnssecProbe probe) {
    this.hostLookup = List.copyOf(hostLookup);
    this.probe = probe;
    this.hostsFile = Path.of("/etc/hosts");
    this.fixed = null;
    this.filter = RecordFilter.none();
    this.completion = NameCompletion.NONE;
  }

  private DnsJavaResolver(
      DnsJavaResolver other, RecordFilter newFilter, NameCompletion newCompletion) {
    this.hostLookup = other.hostLookup;
    this.probe = other.probe;
    this.hostsFile = other.hostsFile;
    this.fixed = other.fixed;
    this.filter = newFilter;
    this.completion = newCompletion;
  }

  /** The same, but some records are not seen, and some names are completed. */
  public DnsJavaResolver with(RecordFilter newFilter, NameCompletion newCompletion) {
    return new DnsJavaResolver(this, newFilter, newCompletion);
  }

  /** With one server, whatever the machine's configuration, and another hosts file. */
  DnsJavaResolver(
      List<HostLookup> hostLookup, InetSocketAddress server, Duration timeout, Path hostsFile) {
    this.hostLookup = List.copyOf(hostLookup);
    this.hostsFile = hostsFile;
    this.fixed = patient(List.of(new SimpleResolver(server)), timeout);
    this.probe = null;
    this.filter = RecordFilter.none();
    this.completion = NameCompletion.NONE;
  }

  /** The same, with signatures. */
  DnsJavaResolver(
      InetSocketAddress server, Duration timeout, String setting, Consumer<String> warn) {
    this.hostLookup = List.of(HostLookup.DNS);
    this.hostsFile = Path.of("/nonexistent");
    this.fixed = patient(List.of(new SimpleResolver(server)), timeout);
    this.probe = new DnssecProbe(setting, warn);
    this.filter = RecordFilter.none();
    this.completion = NameCompletion.NONE;
  }

  private static ExtendedResolver patient(List<org.xbill.DNS.Resolver> servers, Duration timeout) {
    ExtendedResolver resolver =
        servers.isEmpty() ? new ExtendedResolver() : new ExtendedResolver(servers);
    // The time of the whole would else be the time of one try, and a dead first server the end.
    for (org.xbill.DNS.Resolver server : resolver.getResolvers()) {
      server.setTimeout(timeout);
    }
    resolver.setRetries(TRIES);
    resolver.setTimeout(timeout.multipliedBy((long) TRIES * resolver.getResolvers().length));
    return resolver;
  }

  @Override
  public DnsAnswer<MxHost> mx(String domain) {
    return ask(
        domain,
        Type.MX,
        record ->
            record instanceof MXRecord mx
                ? new MxHost(mx.getPriority(), withoutDot(mx.getTarget()))
                : null);
  }

  @Override
  public DnsAnswer<SrvHost> srv(String name) {
    return ask(
        name,
        Type.SRV,
        record ->
            record instanceof SRVRecord srv
                ? new SrvHost(
                    srv.getPriority(), srv.getWeight(), srv.getPort(), withoutDot(srv.getTarget()))
                : null);
  }

  @Override
  public DnsAnswer<InetAddress> addresses(String host, Family family) {
    if (isLocalhost(host)) {
      // RFC 6761 §6.3: never asked of the DNS, so that [localhost] works wherever mail is set up.
      return new DnsAnswer.Found<>(List.of(loopback(family)), /* authentic= */ false);
    }
    DnsAnswer<InetAddress> answer = new DnsAnswer.NxDomain<>();
    for (HostLookup way : hostLookup) {
      answer =
          switch (way) {
            case DNS -> fromDns(host, family);
            case NATIVE -> fromSystem(host, family);
          };
      if (answer instanceof DnsAnswer.Found || isFiltered(answer)) {
        return answer;
      }
    }
    return answer;
  }

  /** What the administrator does not want to be seen is not to be found by another way. */
  private static boolean isFiltered(DnsAnswer<?> answer) {
    return answer instanceof DnsAnswer.TemporaryFailure<?>(_, DnsAnswer.Cause cause)
        && cause.isOfFilter();
  }

  private DnsAnswer<InetAddress> fromDns(String host, Family family) {
    int type = family == Family.IPV4 ? Type.A : Type.AAAA;
    DnsAnswer<InetAddress> answer = ask(host, type, DnsJavaResolver::address);
    if (answer instanceof DnsAnswer.Found || isFiltered(answer)) {
      return answer;
    }
    InetAddress listed = fromHostsFile(host, type);
    return listed == null ? answer : new DnsAnswer.Found<>(List.of(listed), false);
  }

  private @Nullable InetAddress fromHostsFile(String host, int type) {
    try {
      return new HostsFileParser(hostsFile)
          .getAddressForHost(Name.fromString(host.toLowerCase(Locale.ROOT), Name.root), type)
          .orElse(null);
    } catch (IOException _) {
      // No hosts file, or none that can be read: the DNS's answer stands.
      return null;
    }
  }

  private static DnsAnswer<InetAddress> fromSystem(String host, Family family) {
    try {
      List<InetAddress> found = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if ((address.getAddress().length == 4) == (family == Family.IPV4)) {
          found.add(address);
        }
      }
      return found.isEmpty() ? new DnsAnswer.NoData<>() : new DnsAnswer.Found<>(found, false);
    } catch (UnknownHostException e) {
      String message = String.valueOf(e.getMessage());
      return message.contains("Temporary") || message.contains("System error")
          ? new DnsAnswer.TemporaryFailure<>(message)
          : new DnsAnswer.NxDomain<>();
    }
  }

  @Override
  public DnsAnswer<TlsaRecord> tlsa(String name) {
    return ask(
        name,
        Type.TLSA,
        record ->
            record instanceof TLSARecord tlsa
                ? new TlsaRecord(
                    tlsa.getCertificateUsage(),
                    tlsa.getSelector(),
                    tlsa.getMatchingType(),
                    HexFormat.of().withUpperCase().formatHex(tlsa.getCertificateAssociationData()))
                : null);
  }

  @Override
  public DnsAnswer<String> alias(String name) {
    return ask(
        name,
        Type.CNAME,
        record -> record instanceof CNAMERecord alias ? withoutDot(alias.getTarget()) : null);
  }

  @Override
  public DnsAnswer<String> texts(String name) {
    return ask(
        name,
        Type.TXT,
        record -> record instanceof TXTRecord text ? String.join("", text.getStrings()) : null);
  }

  private static @Nullable InetAddress address(Record record) {
    return switch (record) {
      case ARecord a -> a.getAddress();
      case AAAARecord aaaa -> aaaa.getAddress();
      default -> null;
    };
  }

  private <T> DnsAnswer<T> ask(String host, int type, Function<Record, @Nullable T> reader) {
    try {
      DnsAnswer<T> answer = new DnsAnswer.NxDomain<>();
      for (Name name : names(host)) {
        answer = ask(name, type, reader);
        if (answer instanceof DnsAnswer.Found || answer instanceof DnsAnswer.TemporaryFailure) {
          return answer;
        }
      }
      return answer;
    } catch (TextParseException _) {
      // A label beyond 63 octets, a name beyond 255: such a host cannot exist.
      return new DnsAnswer.NxDomain<>();
    } catch (IOException e) {
      // A port that nobody listens at has no message.
      String message = e.getMessage();
      return new DnsAnswer.TemporaryFailure<>(
          message == null ? "no name server can be reached" : message);
    }
  }

  private List<Name> names(String host) throws TextParseException {
    if (completion.equals(NameCompletion.NONE)) {
      return List.of(Name.fromString(host, Name.root));
    }
    ResolverConfig machine = ResolverConfig.getCurrentConfig();
    return completion.candidates(host, machine.searchPath(), machine.ndots());
  }

  private <T> DnsAnswer<T> ask(Name name, int type, Function<Record, @Nullable T> reader)
      throws IOException {
    Message response = send(name, type);
    return switch (response.getRcode()) {
      case Rcode.NOERROR -> noted(records(response, name, type, reader));
      case Rcode.NXDOMAIN -> new DnsAnswer.NxDomain<>();
      default -> new DnsAnswer.TemporaryFailure<>(Rcode.string(response.getRcode()));
    };
  }

  private Message send(Name name, int type) throws IOException {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    if (probe != null) {
      // Some resolvers tell of validation if asked by this bit, others only if sent the records.
      query.getHeader().setFlag(Flags.AD);
      query.addRecord(new OPTRecord(PAYLOAD, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
    }
    return resolver().send(query);
  }

  private <T> DnsAnswer<T> noted(DnsAnswer<T> answer) {
    if (probe == null || !(answer instanceof DnsAnswer.Found<T> found)) {
      return answer;
    }
    probe.saw(found.authentic(), (name, type) -> send(Name.fromString(name, Name.root), type));
    return answer;
  }

  /** Follows the aliases of the answer section, which a recursive server fills to the end. */
  private <T> DnsAnswer<T> records(
      Message response, Name asked, int type, Function<Record, @Nullable T> reader) {
    List<Record> answers = response.getSection(Section.ANSWER);
    Name owner = asked;
    for (int hop = 0; hop <= MAX_ALIASES; hop++) {
      List<Record> found = new ArrayList<>();
      Name alias = null;
      for (Record record : answers) {
        if (!record.getName().equals(owner)) {
          continue;
        }
        if (record.getType() == type) {
          found.add(record);
        } else if (record instanceof CNAMERecord cname) {
          alias = cname.getTarget();
        }
      }
      if (!found.isEmpty()) {
        return found(
            found,
            reader,
            probe != null && response.getHeader().getFlag(Flags.AD),
            owner.equals(asked) ? "" : withoutDot(owner));
      }
      if (alias == null) {
        return new DnsAnswer.NoData<>();
      }
      owner = alias;
    }
    return new DnsAnswer.TemporaryFailure<>("CNAME loop");
  }

  private <T> DnsAnswer<T> found(
      List<Record> records,
      Function<Record, @Nullable T> reader,
      boolean authentic,
      String aliasedOwner) {
    List<Record> left = records;
    if (!filter.isEmpty() && !isNullMx(records)) {
      switch (filter.filtered(records)) {
        case RecordFilter.Outcome.Left(var some) -> left = some;
        case RecordFilter.Outcome.Unknown _ -> {
          return new DnsAnswer.TemporaryFailure<>(
              RecordFilter.BROKEN, DnsAnswer.Cause.FILTER_BROKEN);
        }
      }
      if (left.isEmpty()) {
        return new DnsAnswer.TemporaryFailure<>(
            RecordFilter.NOTHING_LEFT, DnsAnswer.Cause.FILTERED);
      }
    }
    List<T> values = new ArrayList<>(left.size());
    for (Record record : left) {
      T value = reader.apply(record);
      if (value != null) {
        values.add(value);
      }
    }
    return values.isEmpty()
        ? new DnsAnswer.NoData<>()
        : new DnsAnswer.Found<>(values, authentic, aliasedOwner);
  }

  /** A domain's word that it takes no mail (RFC 7505) is not for a filter to take back. */
  private static boolean isNullMx(List<Record> records) {
    return records.size() == 1
        && records.getFirst() instanceof MXRecord mx
        && mx.getTarget().equals(Name.root);
  }

  private org.xbill.DNS.Resolver resolver() {
    if (fixed != null) {
      return fixed;
    }
    FileTime changed = modified(RESOLV_CONF);
    synchronized (lock) {
      Servers current = servers;
      if (current == null || !java.util.Objects.equals(current.configuredAt, changed)) {
        ResolverConfig.refresh();
        current = new Servers(patient(List.of(), TIMEOUT), changed);
        servers = current;
      }
      return current.resolver;
    }
  }

  private static @Nullable FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException _) {
      return null;
    }
  }

  private static boolean isLocalhost(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.equals("localhost.") || name.endsWith(".localhost");
  }

  private static InetAddress loopback(Family family) {
    byte[] address =
        family == Family.IPV4
            ? new byte[] {127, 0, 0, 1}
            : new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 octets", e);
    }
  }

  private static String withoutDot(Name name) {
    // The root stays "." otherwise, and a null MX (RFC 7505) would be taken for a host.
    return name.equals(Name.root) ? "" : name.toString(/* omitFinalDot= */ true);
  }
}
