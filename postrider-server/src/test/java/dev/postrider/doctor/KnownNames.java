package dev.postrider.doctor;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.DomainRecords;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.SilentDns;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A DNS that knows what a test tells it; one that is down knows nothing of anything. */
final class KnownNames extends SilentDns implements DomainRecords {
  private final Map<String, List<InetAddress>> addresses = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, List<MxHost>> servers = new HashMap<>();
  private boolean down;

  KnownNames address(String host, String literal) {
    addresses.put(host, List.of(InetAddress.ofLiteral(literal)));
    return this;
  }

  KnownNames mx(String domain, String... hosts) {
    List<MxHost> all = new ArrayList<>();
    for (String host : hosts) {
      all.add(new MxHost(10 * (all.size() + 1), host));
    }
    servers.put(domain, all);
    return this;
  }

  KnownNames text(String name, String text) {
    texts.put(name, text);
    return this;
  }

  KnownNames name(String literal, String name) {
    names.put(literal, name);
    return this;
  }

  KnownNames down() {
    down = true;
    return this;
  }

  @Override
  public DnsAnswer<MxHost> mx(String domain) {
    if (down) {
      return new DnsAnswer.TemporaryFailure<>("timed out");
    }
    List<MxHost> found = servers.get(domain);
    return found == null
        ? new DnsAnswer.NoData<>()
        : new DnsAnswer.Found<>(found, /* authentic= */ false);
  }

  @Override
  public DnsAnswer<InetAddress> addresses(String host, Family family) {
    if (down) {
      return new DnsAnswer.TemporaryFailure<>("timed out");
    }
    List<InetAddress> found = addresses.get(host);
    return found == null
        ? new DnsAnswer.NxDomain<>()
        : family == Family.IPV4 == (found.getFirst().getAddress().length == 4)
            ? new DnsAnswer.Found<>(found, /* authentic= */ false)
            : new DnsAnswer.NoData<>();
  }

  @Override
  public DnsAnswer<String> texts(String name) {
    return answer(texts.get(name));
  }

  @Override
  public DnsAnswer<String> names(InetAddress address) {
    return answer(names.get(address.getHostAddress()));
  }

  private DnsAnswer<String> answer(@org.jspecify.annotations.Nullable String known) {
    if (down) {
      return new DnsAnswer.TemporaryFailure<>("timed out");
    }
    return known == null
        ? new DnsAnswer.NxDomain<>()
        : new DnsAnswer.Found<>(List.of(known), /* authentic= */ false);
  }
}
