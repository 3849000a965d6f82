package dev.postrider.smtp;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.SrvHost;
import dev.postrider.dns.TlsaRecord;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A DNS that says what the test tells it to. Names that were not told do not exist. */
final class FakeDns implements Resolver {
  private final Map<String, DnsAnswer<MxHost>> mx = new HashMap<>();
  private final Map<String, DnsAnswer<InetAddress>> addresses = new HashMap<>();
  final List<String> asked = new ArrayList<>();

  FakeDns mx(String domain, MxHost... hosts) {
    mx.put(domain, new DnsAnswer.Found<>(List.of(hosts), false));
    return this;
  }

  FakeDns mx(String domain, DnsAnswer<MxHost> answer) {
    mx.put(domain, answer);
    return this;
  }

  private final Map<String, DnsAnswer<SrvHost>> services = new HashMap<>();

  FakeDns srv(String name, SrvHost... hosts) {
    return srv(name, new DnsAnswer.Found<>(List.of(hosts), false));
  }

  FakeDns srv(String name, DnsAnswer<SrvHost> answer) {
    services.put(name, answer);
    return this;
  }

  @Override
  public synchronized DnsAnswer<SrvHost> srv(String name) {
    asked.add("SRV " + name);
    return services.getOrDefault(name, new DnsAnswer.NxDomain<>());
  }

  FakeDns address(String host, String... literals) {
    List<InetAddress> v4 = new ArrayList<>();
    List<InetAddress> v6 = new ArrayList<>();
    for (String literal : literals) {
      InetAddress address = InetAddress.ofLiteral(literal);
      (address.getAddress().length == 4 ? v4 : v6).add(address);
    }
    put(host, Family.IPV4, v4);
    put(host, Family.IPV6, v6);
    return this;
  }

  FakeDns addressUnknown(String host) {
    addresses.put(host + "/IPV4", new DnsAnswer.TemporaryFailure<>("SERVFAIL"));
    addresses.put(host + "/IPV6", new DnsAnswer.TemporaryFailure<>("SERVFAIL"));
    return this;
  }

  private final Map<String, DnsAnswer<TlsaRecord>> tlsa = new HashMap<>();
  private final Map<String, DnsAnswer<String>> others = new HashMap<>();

  /** Signed addresses, at the end of an alias if {@code owner} is not empty. */
  FakeDns signed(String host, String owner, String literal) {
    addresses.put(
        host + "/IPV4",
        new DnsAnswer.Found<>(List.of(InetAddress.ofLiteral(literal)), true, owner));
    return this;
  }

  /** Addresses at the end of an alias, without a signature. */
  FakeDns unsigned(String host, String owner, String literal) {
    addresses.put(
        host + "/IPV4",
        new DnsAnswer.Found<>(List.of(InetAddress.ofLiteral(literal)), false, owner));
    return this;
  }

  FakeDns tlsa(String name, DnsAnswer<TlsaRecord> answer) {
    tlsa.put(name, answer);
    return this;
  }

  FakeDns tlsa(String name, TlsaRecord... records) {
    return tlsa(name, new DnsAnswer.Found<>(List.of(records), true));
  }

  FakeDns alias(String name, DnsAnswer<String> answer) {
    others.put("CNAME " + name, answer);
    return this;
  }

  FakeDns texts(String name, String... texts) {
    others.put("TXT " + name, new DnsAnswer.Found<>(List.of(texts), false));
    return this;
  }

  @Override
  public synchronized DnsAnswer<TlsaRecord> tlsa(String name) {
    asked.add("TLSA " + name);
    return tlsa.getOrDefault(name, new DnsAnswer.NxDomain<>());
  }

  @Override
  public synchronized DnsAnswer<String> alias(String name) {
    asked.add("CNAME " + name);
    return others.getOrDefault("CNAME " + name, new DnsAnswer.NxDomain<>());
  }

  @Override
  public synchronized DnsAnswer<String> texts(String name) {
    asked.add("TXT " + name);
    return others.getOrDefault("TXT " + name, new DnsAnswer.NxDomain<>());
  }

  private void put(String host, Family family, List<InetAddress> found) {
    addresses.put(
        host + "/" + family,
        found.isEmpty() ? new DnsAnswer.NoData<>() : new DnsAnswer.Found<>(found, false));
  }

  @Override
  public synchronized DnsAnswer<MxHost> mx(String domain) {
    asked.add("MX " + domain);
    return mx.getOrDefault(domain, new DnsAnswer.NxDomain<>());
  }

  @Override
  public synchronized DnsAnswer<InetAddress> addresses(String host, Family family) {
    asked.add(family.recordType() + " " + host);
    return addresses.getOrDefault(host + "/" + family, new DnsAnswer.NxDomain<>());
  }
}
