package dev.postrider.dns;

import java.net.InetAddress;
import java.util.List;

/**
 * Asks the DNS. Safe on any thread; blocks until there is an answer or the resolver's own time-out.
 *
 * <p>Names are ASCII (A-labels), absolute, with or without the final dot: no search list completes
 * them.
 */
public interface Resolver {
  /** Which addresses. */
  enum Family {
    IPV4("A"),
    IPV6("AAAA");

    private final String recordType;

    Family(String recordType) {
      this.recordType = recordType;
    }

    /** Those that a value of {@code inet_protocols} leaves. */
    public static List<Family> of(List<String> protocols) {
      if (protocols.contains("all") || protocols.size() > 1) {
        return List.of(IPV4, IPV6);
      }
      return List.of(protocols.contains("ipv6") ? IPV6 : IPV4);
    }

    /** The DNS record type, as texts name it. */
    public String recordType() {
      return recordType;
    }
  }

  /** The MX records of a domain, in no order. */
  DnsAnswer<MxHost> mx(String domain);

  /** The addresses of a host, in the order of the answer. */
  DnsAnswer<InetAddress> addresses(String host, Family family);

  /** The SRV records of a service, such as {@code _submissions._tcp.example.com}, in no order. */
  default DnsAnswer<SrvHost> srv(String name) {
    return new DnsAnswer.NoData<>();
  }

  /** The TLSA records of a name such as {@code _25._tcp.mx.example.net}. */
  DnsAnswer<TlsaRecord> tlsa(String name);

  /** What a name is an alias of, without the final dot. */
  DnsAnswer<String> alias(String name);

  /** The TXT records of a name, the strings of each in one. */
  DnsAnswer<String> texts(String name);
}
