package dev.postrider.dns;

import java.net.InetAddress;

/** Asks what a domain publishes about its mail. Safe on any thread; blocks as {@link Resolver}. */
public interface DomainRecords {
  /** The TXT records of a name, each with its parts joined. */
  DnsAnswer<String> texts(String name);

  /** The names of an address (PTR), without the final dot. */
  DnsAnswer<String> names(InetAddress address);
}
