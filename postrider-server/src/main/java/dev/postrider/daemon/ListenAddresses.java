package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.ServiceEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    List<InetSocketAddress> addresses = new ArrayList<>();
    if (host.isEmpty()) {
      for (InetAddress address : interfaces(config)) {
        addresses.add(new InetSocketAddress(address, port));
      }
      return addresses;
    }
    for (InetAddress address : resolve(unbracketed(host), place(config, service))) {
      addresses.add(new InetSocketAddress(address, port));
    }
    return addresses;
  }

  private static String place(Config config, ServiceEntry service) {
    return config.directory().resolve("master.cf") + ", line " + service.line();
  }

  private static Set<InetAddress> interfaces(Config config) throws ConfigException {
    Set<InetAddress> found = new LinkedHashSet<>();
    for (String item : config.list("inet_interfaces")) {
      switch (item) {
        case "all" -> addWanted(config, found, List.of(any4(), any6()));
        case "loopback-only" -> addWanted(config, found, List.of(loopback4(), loopback6()));
        default ->
            addWanted(config, found, resolve(unbracketed(item), "inet_interfaces = " + item));
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

  private static void addWanted(
      Config config, Set<InetAddress> found, List<InetAddress> addresses) {
    List<String> protocols = config.list("inet_protocols");
    boolean all = protocols.contains("all");
    for (InetAddress address : addresses) {
      String protocol = address instanceof Inet6Address ? "ipv6" : "ipv4";
      if (all || protocols.contains(protocol)) {
        found.add(address);
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

  private static InetAddress any4() {
    return address(new byte[4]);
  }

  private static InetAddress any6() {
    return address(new byte[16]);
  }

  private static InetAddress loopback4() {
    return address(new byte[] {127, 0, 0, 1});
  }

  private static InetAddress loopback6() {
    byte[] bytes = new byte[16];
    bytes[15] = 1;
    return address(bytes);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }
}
