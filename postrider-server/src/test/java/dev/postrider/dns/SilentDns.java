package dev.postrider.dns;

import java.net.InetAddress;

/** A DNS in which nothing exists, for tests to say what does. */
public class SilentDns implements Resolver {
  @Override
  public DnsAnswer<MxHost> mx(String domain) {
    return new DnsAnswer.NxDomain<>();
  }

  @Override
  public DnsAnswer<InetAddress> addresses(String host, Family family) {
    return new DnsAnswer.NxDomain<>();
  }

  @Override
  public DnsAnswer<TlsaRecord> tlsa(String name) {
    return new DnsAnswer.NxDomain<>();
  }

  @Override
  public DnsAnswer<String> alias(String name) {
    return new DnsAnswer.NxDomain<>();
  }

  @Override
  public DnsAnswer<String> texts(String name) {
    return new DnsAnswer.NxDomain<>();
  }
}
