package dev.postrider.route;

import dev.postrider.config.Config;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The addresses mail may name instead of a domain of ours: {@code user@[192.0.2.1]} is local when
 * inet_interfaces or proxy_interfaces has that address (RFC 5321 §4.1.3). Immutable.
 */
final class OwnAddresses {
  private final Set<InetAddress> addresses = new HashSet<>();

  OwnAddresses(Config config) {
    for (String item : config.list("inet_interfaces")) {
      switch (item.toLowerCase(Locale.ROOT)) {
        case "all" -> addInterfaces(false);
        case "loopback-only" -> addInterfaces(true);
        default -> add(item);
      }
    }
    for (String item : config.list("proxy_interfaces")) {
      add(item);
    }
  }

  /** Whether {@code domain} is a literal such as {@code [127.0.0.1]} or {@code [IPv6:::1]}. */
  boolean contains(String domain) {
    if (domain.length() < 4 || domain.charAt(0) != '[' || !domain.endsWith("]")) {
      return false;
    }
    String literal = domain.substring(1, domain.length() - 1);
    if (literal.regionMatches(true, 0, "IPv6:", 0, 5)) {
      literal = literal.substring(5);
    }
    try {
      return addresses.contains(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private void add(String name) {
    String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    try {
      addresses.addAll(List.of(InetAddress.getAllByName(bare)));
    } catch (UnknownHostException _) {
      // The listener on that name fails with a message of its own; here it only means that no
      // literal equals it.
    }
  }

  private void addInterfaces(boolean loopbackOnly) {
    try {
      Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
      while (all.hasMoreElements()) {
        Enumeration<InetAddress> own = all.nextElement().getInetAddresses();
        while (own.hasMoreElements()) {
          InetAddress address = own.nextElement();
          if (!loopbackOnly || address.isLoopbackAddress()) {
            addresses.add(withoutScope(address));
          }
        }
      }
    } catch (SocketException _) {
      add("127.0.0.1");
    }
  }

  private static InetAddress withoutScope(InetAddress address) throws SocketException {
    try {
      return address instanceof Inet6Address
          ? InetAddress.getByAddress(address.getAddress())
          : address;
    } catch (UnknownHostException e) {
      throw new SocketException(e.getMessage());
    }
  }
}
