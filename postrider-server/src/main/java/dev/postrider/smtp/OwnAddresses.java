package dev.postrider.smtp;

import dev.postrider.config.Config;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The addresses at which we would meet ourselves. Immutable. */
final class OwnAddresses {
  private final Set<InetAddress> addresses;

  OwnAddresses(Set<InetAddress> addresses) {
    this.addresses = Set.copyOf(addresses);
  }

  /** Those of the interfaces we listen on, and of proxies in front of us. */
  static OwnAddresses of(Config config) {
    Set<InetAddress> found = new HashSet<>();
    List<String> interfaces = config.list("inet_interfaces");
    if (interfaces.contains("all")) {
      try {
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .forEach(found::add);
      } catch (SocketException _) {
        // Without a list of interfaces only the loopback addresses are known to be ours.
        found.clear();
      }
    }
    addLiterals(interfaces, found);
    addLiterals(config.list("proxy_interfaces"), found);
    return new OwnAddresses(found);
  }

  private static void addLiterals(List<String> words, Set<InetAddress> into) {
    for (String word : words) {
      try {
        String bare =
            word.startsWith("[") && word.endsWith("]")
                ? word.substring(1, word.length() - 1)
                : word;
        into.add(InetAddress.ofLiteral(bare));
      } catch (IllegalArgumentException _) {
        // all, loopback-only, or a host name: what it stands for is covered by the loop test of
        // the EHLO reply.
      }
    }
  }

  boolean contains(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || addresses.contains(address);
  }
}
