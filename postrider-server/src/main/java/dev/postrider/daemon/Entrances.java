package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import dev.postrider.pickup.Maildrop;
import dev.postrider.smtpd.ListeningSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where mail comes in: sockets that are open before the daemon gives root's rights up.
 *
 * @param internet the sockets of each inet service, by its name
 * @param submissions the socket for programs that cannot write the maildrop directory, if a service
 *     manager listens there; else the daemon makes its own
 */
record Entrances(
    Map<String, List<ListeningSocket>> internet, @Nullable ServerSocketChannel submissions) {

  /**
   * Takes those that a service manager has open, and binds the rest.
   *
   * @throws IOException naming the address that cannot be bound
   */
  static Entrances open(
      Config config, MasterConfig master, Activation activation, Consumer<String> warnings)
      throws IOException, ConfigException {
    Map<String, List<ListeningSocket>> found = new HashMap<>();
    for (Map.Entry<ServiceEntry, List<InetSocketAddress>> each :
        Assembly.listeners(config, master).entrySet()) {
      String name = each.getKey().name();
      List<ListeningSocket> given = activation.socketsFor(name, each.getValue(), warnings);
      found.put(name, given.isEmpty() ? bind(config, name, each.getValue()) : given);
    }
    ServerSocketChannel submissions = activation.socketAt(Maildrop.of(config).socket());
    activation.closeRest(warnings);
    return new Entrances(found, submissions);
  }

  private static List<ListeningSocket> bind(
      Config config, String service, List<InetSocketAddress> addresses) throws IOException {
    try {
      return ListeningSocket.bind(addresses);
    } catch (IOException e) {
      throw new IOException(
          "%s (service %s/inet in %s/master.cf: is another mail system or instance there? Give this one another port, or take the line away)"
              .formatted(e.getMessage(), service, config.directory()),
          e);
    }
  }

  List<ListeningSocket> of(ServiceEntry service) {
    return internet.getOrDefault(service.name(), List.of());
  }
}
