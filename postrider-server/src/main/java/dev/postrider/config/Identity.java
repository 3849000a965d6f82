package dev.postrider.config;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What this machine is called and which addresses it has, for the defaults that are computed. Safe
 * on any thread.
 */
final class Identity {
  /**
   * @param prefixLength of its network
   */
  record OwnAddress(InetAddress address, int prefixLength) {}

  private Identity() {}

  /** The system's host name: the kernel's word, since a resolver may be slow or wrong. */
  static String hostName() {
    try {
      String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      if (!name.isEmpty()) {
        return name;
      }
    } catch (IOException e) {
      // Not Linux: the variable that shells and launchd set, or the resolver's word.
    }
    String variable = Map.copyOf(System.getenv()).getOrDefault("HOSTNAME", "");
    if (!variable.isEmpty()) {
      return variable;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "localhost";
    }
  }

  /** The addresses that inet_interfaces selects, IPv4 first, each once. */
  static List<OwnAddress> addresses(List<String> interfaces, List<String> protocols) {
    boolean all = protocols.contains("all");
    boolean four = all || protocols.contains("ipv4");
    boolean six = all || protocols.contains("ipv6");
    List<OwnAddress> result = new ArrayList<>();
    if (interfaces.equals(List.of("loopback-only"))) {
      // Fixed, because asking the system takes longer than a small command may run.
      add(result, four, "127.0.0.1", 8);
      add(result, six, "::1", 128);
      return result;
    }
    List<OwnAddress> present = present(four, six);
    for (OwnAddress own : present) {
      if (interfaces.contains("all") || interfaces.contains(plain(own.address()))) {
        result.add(own);
      }
    }
    return result;
  }

  private static void add(List<OwnAddress> to, boolean wanted, String literal, int prefix) {
    if (wanted) {
      try {
        to.add(new OwnAddress(InetAddress.ofLiteral(literal), prefix));
      } catch (IllegalArgumentException e) {
        throw new IllegalStateException(literal, e);
      }
    }
  }

  private static List<OwnAddress> present(boolean four, boolean six) {
    List<OwnAddress> first = new ArrayList<>();
    List<OwnAddress> second = new ArrayList<>();
    try {
      List<NetworkInterface> devices =
          new ArrayList<>(NetworkInterface.networkInterfaces().toList());
      devices.sort(java.util.Comparator.comparingInt(NetworkInterface::getIndex));
      for (NetworkInterface device : devices) {
        for (InterfaceAddress address : device.getInterfaceAddresses()) {
          InetAddress own = address.getAddress();
          boolean isFour = own instanceof Inet4Address;
          if (isFour ? four : six) {
            (isFour ? first : second).add(new OwnAddress(own, address.getNetworkPrefixLength()));
          }
        }
      }
    } catch (IOException e) {
      add(first, four, "127.0.0.1", 8);
      add(second, six, "::1", 128);
    }
    first.addAll(second);
    return first;
  }

  /**
   * The default of mynetworks.
   *
   * @param style class, subnet or host
   */
  static String networks(String style, List<OwnAddress> addresses) {
    List<String> networks = new ArrayList<>();
    for (OwnAddress own : addresses) {
      byte[] bytes = own.address().getAddress();
      int bits =
          switch (style) {
            case "host" -> bytes.length * 8;
            case "class" -> bytes.length == 4 ? classBits(bytes[0] & 0xff) : own.prefixLength();
            default -> own.prefixLength();
          };
      String network = network(bytes, bits);
      if (!networks.contains(network)) {
        networks.add(network);
      }
    }
    return String.join(" ", networks);
  }

  private static int classBits(int firstByte) {
    return firstByte < 128 ? 8 : firstByte < 192 ? 16 : firstByte < 224 ? 24 : 28;
  }

  private static String network(byte[] address, int bits) {
    byte[] masked = address.clone();
    for (int i = 0; i < masked.length; i++) {
      int kept = Math.clamp(bits - 8L * i, 0, 8);
      masked[i] &= (byte) (0xff << (8 - kept));
    }
    try {
      InetAddress network = InetAddress.getByAddress(masked);
      String text = plain(network);
      return (network instanceof Inet4Address ? text : "[" + text + "]") + "/" + bits;
    } catch (IOException e) {
      throw new IllegalStateException(new String(masked, StandardCharsets.ISO_8859_1), e);
    }
  }

  /** The address as inet_ntop(3) prints it, without a scope. */
  private static String plain(InetAddress address) {
    return AddressText.of(address.getAddress());
  }
}
