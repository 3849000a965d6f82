package dev.postrider.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the ports of master.cf are served, or at least free while the daemon is stopped. */
final class ServicesCheck implements Check {
  private static final Duration LIMIT = Duration.ofSeconds(4);

  private final Subject subject;
  private final DaemonState daemon;
  private final Map<String, List<InetSocketAddress>> listeners;
  private final Connector connector;
  private final PortOwners owners;

  /**
   * @param listeners where each service listens, by its name; without those that begin with TLS
   */
  ServicesCheck(
      Subject subject,
      DaemonState daemon,
      Map<String, List<InetSocketAddress>> listeners,
      Connector connector,
      PortOwners owners) {
    this.subject = subject;
    this.daemon = daemon;
    this.listeners = Map.copyOf(listeners);
    this.connector = connector;
    this.owners = owners;
  }

  @Override
  public Area area() {
    return Area.SYSTEM;
  }

  @Override
  public String subject() {
    return "the ports of master.cf";
  }

  @Override
  public List<Finding> look() throws IOException, InterruptedException {
    List<Finding> found = new ArrayList<>();
    for (Map.Entry<String, List<InetSocketAddress>> service : listeners.entrySet()) {
      for (InetSocketAddress address : service.getValue()) {
        found.add(
            daemon.isRunning()
                ? served(service.getKey(), address)
                : free(service.getKey(), address));
      }
    }
    return found;
  }

  private Finding served(String service, InetSocketAddress address) throws InterruptedException {
    InetSocketAddress place =
        address.getAddress().isAnyLocalAddress()
            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort())
            : address;
    Connector.Contact contact = connector.connect(place, LIMIT);
    String text = print(place);
    if (contact instanceof Connector.Contact.Open(String greeting) && greeting.startsWith("220")) {
      return Finding.ok("service", text + " greets");
    }
    String what =
        contact instanceof Connector.Contact.Open(String greeting)
            ? "%s (service %s) greets with \"%s\"".formatted(text, service, greeting)
            : "%s (service %s) cannot be reached while the mail system runs"
                .formatted(text, service);
    return Finding.error(
        "service-silent",
        what,
        "programs that hand mail over there cannot",
        subject.command("postfix", "stop") + " && " + subject.command("postfix", "start"));
  }

  private Finding free(String service, InetSocketAddress address) throws IOException {
    Optional<String> owner = owners.of(address);
    if (owner.isEmpty()) {
      return Finding.ok("port", print(address) + " is free for service " + service);
    }
    if (owner.get().startsWith("systemd ")) {
      return Finding.ok("port", print(address) + " is listened on by systemd, for the mail system");
    }
    return Finding.error(
        "port-taken",
        "%s (service %s of %s) is taken by %s"
            .formatted(
                print(address),
                service,
                subject.config().directory().resolve("master.cf"),
                owner.get()),
        "the mail system does not start",
        "stop that program, or give the service another port in master.cf: ss -ltnp 'sport = :"
            + address.getPort()
            + "'");
  }

  private static String print(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
