package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.policy.MyNetworks;
import dev.postrider.table.TableSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is dangerous about how a container was started, found from the kernel's files. Functions
 * only.
 */
final class ContainerSurroundings {
  /** Gone with the container, or with the next start of it. */
  private static final Set<String> NOT_KEPT = Set.of("overlay", "aufs", "tmpfs", "ramfs");

  private ContainerSurroundings() {}

  /**
   * A sentence if mail in the spool would not outlive the container.
   *
   * @param mounts the lines of {@code /proc/self/mountinfo} (proc(5))
   */
  static Optional<String> spool(Path queueDirectory, List<String> mounts) {
    @Nullable Path best = null;
    String type = "";
    for (String line : mounts) {
      String[] fields = line.split(" ");
      int dash = List.of(fields).indexOf("-");
      if (fields.length < 5 || dash < 0 || dash + 1 >= fields.length) {
        continue;
      }
      Path point = Path.of(unescaped(fields[4]));
      // Of two mounts on one place, the later one is seen.
      if (queueDirectory.startsWith(point)
          && (best == null || point.getNameCount() >= best.getNameCount())) {
        best = point;
        type = fields[dash + 1];
      }
    }
    if (best == null || (best.getNameCount() > 0 && !NOT_KEPT.contains(type))) {
      return Optional.empty();
    }
    return Optional.of(
        queueDirectory
            + " is on no volume ("
            + (type.isEmpty() ? "the root file system" : type + " on " + best)
            + "): mail that waits is lost when the container is removed or replaced; mount one:"
            + " docker run -v postrider-spool:"
            + queueDirectory);
  }

  private static String unescaped(String text) {
    return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }

  /**
   * A sentence if the gateway of the container's network may relay: where the host passes a
   * published port on by a proxy or with its own address, everybody in the world comes from there.
   *
   * @param routes the lines of {@code /proc/net/route}
   */
  static Optional<String> gateway(Config config, TableSource tables, List<String> routes)
      throws ConfigException {
    Optional<InetAddress> gateway = defaultGateway(routes);
    if (gateway.isEmpty()) {
      return Optional.empty();
    }
    String address = gateway.get().getHostAddress();
    return MyNetworks.of(config, tables).contains("unknown", gateway.get())
        ? Optional.of(
            "mynetworks contains "
                + address
                + ", the gateway of this container's network: if a port is published, clients from"
                + " anywhere can come from that address and relay; write \"!"
                + address
                + "\" before the networks of mynetworks, unless the port is published for"
                + " 127.0.0.1 only")
        : Optional.empty();
  }

  /** The IPv4 gateway of the default route; the kernel writes addresses in host order, in hex. */
  static Optional<InetAddress> defaultGateway(List<String> routes) {
    for (String line : routes) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length < 8 || !fields[1].equals("00000000") || !fields[7].equals("00000000")) {
        continue;
      }
      try {
        int word = Integer.parseUnsignedInt(fields[2], 16);
        if (word != 0) {
          byte[] address = {
            (byte) word, (byte) (word >>> 8), (byte) (word >>> 16), (byte) (word >>> 24)
          };
          return Optional.of(InetAddress.getByAddress(address));
        }
      } catch (NumberFormatException | UnknownHostException e) {
        // The heading, or a form that we do not know: no default route then.
      }
    }
    return Optional.empty();
  }
}
