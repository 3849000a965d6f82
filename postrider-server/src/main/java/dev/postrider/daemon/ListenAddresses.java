package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.ServiceEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where an inet service of master.cf listens: its name is {@code [host:]port} (master(5)). */
final class ListenAddresses {
  private ListenAddresses() {}

  /**
   * The addresses of one service.
   *
   * @throws ConfigException naming the line, the value and the remedy
   */
  static List<InetSocketAddress> of(Config config, ServiceEntry service) throws ConfigException {
    String name = service.name();
    int colon = name.lastIndexOf(':');
    String host = colon < 0 ? "" : name.substring(0, colon);
    int port = port(service, colon < 0 ? name : name.substring(colon + 1));
    Set<InetAddress> hosts =
        host.isEmpty()
            ? interfaces(config)
            : wanted(Protocols.of(config), resolve(unbracketed(host), place(config, service)));
    if (hosts.isEmpty()) {
      throw new ConfigException(
          place(config, service)
              + ": with inet_protocols = "
              + config.text("inet_protocols")
              + " there is no address for \""
              + name
              + "\" on this machine");
    }
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (InetAddress address : hosts) {
      addresses.add(new InetSocketAddress(address, port));
    }
    return addresses;
  }

  private static String place(Config config, ServiceEntry service) {
    return config.directory().resolve("master.cf") + ", line " + service.line();
  }

  /**
   * What a client may call this machine by: the addresses listened on, and those of all interfaces
   * where it is all of them.
   */
  static Set<InetAddress> own(Collection<List<InetSocketAddress>> listeners)
      throws ConfigException {
    Set<InetAddress> found = new LinkedHashSet<>();
    for (List<InetSocketAddress> addresses : listeners) {
      for (InetSocketAddress address : addresses) {
        if (address.getAddress().isAnyLocalAddress()) {
          found.addAll(ofAllInterfaces());
        } else {
          found.add(address.getAddress());
        }
      }
    }
    return found;
  }

  private static Set<InetAddress> interfaces(Config config) throws ConfigException {
    Protocols protocols = Protocols.of(config);
    Set<InetAddress> found = new LinkedHashSet<>();
    for (String item : config.list("inet_interfaces")) {
      switch (item) {
        case "all" -> found.addAll(everywhere(protocols));
        case "loopback-only" -> found.addAll(loopback(protocols));
        default ->
            found.addAll(
                wanted(protocols, resolve(unbracketed(item), "inet_interfaces = " + item)));
      }
    }
    if (found.isEmpty()) {
      throw new ConfigException(
          "inet_interfaces = "
              + config.text("inet_interfaces")
              + ", inet_protocols = "
              + config.text("inet_protocols")
              + ": no address is left to listen on (use loopback-only, all or addresses)");
    }
    return found;
  }

  /** One socket for both families: Java's IPv6 sockets are called by IPv4 clients too. */
  private static Set<InetAddress> everywhere(Protocols protocols) throws ConfigException {
    if (protocols.ipv4()) {
      return Set.of(address(new byte[protocols.ipv6() ? 16 : 4]));
    }
    return wanted(protocols, ofAllInterfaces());
  }

  private static Set<InetAddress> loopback(Protocols protocols) throws ConfigException {
    List<InetAddress> both = new ArrayList<>();
    both.add(address(new byte[] {127, 0, 0, 1}));
    byte[] bytes = new byte[16];
    bytes[15] = 1;
    InetAddress six = address(bytes);
    if (ofAllInterfaces().contains(six)) {
      both.add(six);
    }
    return wanted(protocols, both);
  }

  private static Set<InetAddress> wanted(Protocols protocols, Collection<InetAddress> addresses) {
    Set<InetAddress> found = new LinkedHashSet<>();
    for (InetAddress address : addresses) {
      if (address instanceof Inet6Address ? protocols.ipv6() : protocols.ipv4()) {
        found.add(address);
      }
    }
    return found;
  }

  private static List<InetAddress> ofAllInterfaces() throws ConfigException {
    try {
      return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();
    } catch (SocketException e) {
      throw new ConfigException("the interfaces of this machine are unknown: " + e.getMessage(), e);
    }
  }

  /**
   * inet_protocols, as far as this machine has them.
   *
   * @param ipv6 never on a machine without IPv6, as many containers are
   */
  private record Protocols(boolean ipv4, boolean ipv6) {
    static Protocols of(Config config) {
      List<String> words = config.list("inet_protocols");
      boolean all = words.contains("all");
      return new Protocols(
          all || words.contains("ipv4"), (all || words.contains("ipv6")) && machineHasIpv6());
    }

    private static boolean machineHasIpv6() {
      try (ServerSocketChannel _ = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
        return true;
      } catch (UnsupportedOperationException | IOException e) {
        return false;
      }
    }
  }

  private static List<InetAddress> resolve(String host, String place) throws ConfigException {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      throw new ConfigException(
          place + ": host not found: \"" + host + "\" (use an address of this machine)", e);
    }
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static int port(ServiceEntry service, String text) throws ConfigException {
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int port = text.length() > 5 ? -1 : Integer.parseInt(text);
      if (port >= 0 && port < 65536) {
        return port;
      }
    } else {
      switch (text) {
        case "smtp" -> {
          return 25;
        }
        case "submission" -> {
          return 587;
        }
        case "smtps", "submissions" -> {
          return 465;
        }
        default -> {
          int known = fromServices(text);
          if (known > 0) {
            return known;
          }
        }
      }
    }
    throw new ConfigException(
        "master.cf line "
            + service.line()
            + ": unknown port \""
            + text
            + "\" (use a number or a name of /etc/services)");
  }

  private static int fromServices(String name) {
    try (BufferedReader reader = Files.newBufferedReader(Path.of("/etc/services"))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
        if (words.length >= 2 && words[1].endsWith("/tcp") && named(words, name)) {
          return Integer.parseInt(words[1].substring(0, words[1].indexOf('/')));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
    return -1;
  }

  private static boolean named(String[] words, String name) {
    for (int i = 0; i < words.length; i++) {
      if (i != 1 && words[i].equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }
}
