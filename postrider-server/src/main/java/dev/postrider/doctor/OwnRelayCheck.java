package dev.postrider.doctor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether mail for others is sent to this mail system itself, where it would go round. */
final class OwnRelayCheck implements Check {
  private final Subject subject;
  private final Map<String, List<InetSocketAddress>> listeners;
  private final List<InetAddress> addresses;

  /**
   * @param listeners where each service of master.cf listens
   * @param addresses of this machine
   */
  OwnRelayCheck(
      Subject subject,
      Map<String, List<InetSocketAddress>> listeners,
      List<InetAddress> addresses) {
    this.subject = subject;
    this.listeners = Map.copyOf(listeners);
    this.addresses = List.copyOf(addresses);
  }

  @Override
  public Area area() {
    return Area.NETWORK;
  }

  @Override
  public String subject() {
    return "whether relayhost is another system";
  }

  @Override
  public List<Finding> look() {
    List<Finding> found = new ArrayList<>();
    for (Relay relay : Relay.all(subject)) {
      if (isHere(relay.host()) && listensAt(relay.host().port())) {
        found.add(
            Finding.error(
                "relay-loop",
                relay.setting() + ": that is this mail system itself",
                "mail for others goes round until it is returned (\"too many hops\")",
                relay.mend().to("[SERVER]:587")));
      }
    }
    return found;
  }

  private boolean isHere(RelayHost host) {
    if (!host.isLiteral()) {
      return host.host().equalsIgnoreCase("localhost")
          || host.host().equalsIgnoreCase(subject.config().text("myhostname"));
    }
    try {
      InetAddress address = InetAddress.ofLiteral(host.host());
      return address.isLoopbackAddress() || addresses.contains(address);
    } catch (IllegalArgumentException _) {
      // RelayCheck says that it is no address.
      return false;
    }
  }

  private boolean listensAt(int port) {
    return listeners.values().stream()
        .flatMap(List::stream)
        .anyMatch(address -> address.getPort() == port);
  }
}
