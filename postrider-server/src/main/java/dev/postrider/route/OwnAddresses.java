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
import org.jspecify.annotations.Nullable;

/**
 * The addresses mail may name instead of a domain of ours: {@code user@[192.0.2.1]} is local when
 * inet_interfaces or proxy_interfaces has that address (RFC 5321 §4.1.3). Safe on any thread.
 */
final class OwnAddresses {
  private final List<String> interfaces;
  private final List<String> proxies;

  /** Found when the first literal is met: most hosts never see one. */
  private volatile @Nullable Set<InetAddress> addresses;

  OwnAddresses(Config config) {
    this.interfaces = config.list("inet_interfaces");
    this.proxies = config.list("proxy_interfaces");
  }

  private Set<InetAddress> addresses() {
    Set<InetAddress> known = addresses;
    if (known == null) {
      known = found();
      addresses = known;
    }
    return known;
  }

  private Set<InetAddress> found() {
    Set<InetAddress> found = new HashSet<>();
    for (String item : interfaces) {
      switch (item.toLowerCase(Locale.ROOT)) {
        case "all" -> addInterfaces(false, found);
        case "loopback-only" -> addInterfaces(true, found);
        default -> add(item, found);
      }
    }
    for (String item : proxies) {
      add(item, found);
    }
    return found;
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
      return addresses().contains(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static void add(String name, Set<InetAddress> addresses) {
    String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    try {
      addresses.addAll(List.of(InetAddress.getAllByName(bare)));
    } catch (UnknownHostException _) {
      // The listener on that name fails with a message of its own; here it only means that no
      // literal equals it.
    }
  }

  private static void addInterfaces(boolean loopbackOnly, Set<InetAddress> addresses) {
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
      add("127.0.0.1", addresses);
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
