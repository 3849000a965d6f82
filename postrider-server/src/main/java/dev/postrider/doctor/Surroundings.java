package dev.postrider.doctor;

import dev.postrider.dns.DomainRecords;
import dev.postrider.dns.Resolver;
import dev.postrider.failure.FailureRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * What the usual checks may look at. Immutable.
 *
 * @param root of the file system
 * @param home where this program is installed
 * @param built when it was made
 * @param clock tells the time
 * @param resolver as the mail system asks
 * @param records of domains
 * @param connector to ports
 * @param owners of ports of this machine
 * @param gauge of file systems
 * @param users of this machine
 * @param addresses of this machine
 * @param commandLines of the processes that run
 * @param listeners where each service of master.cf listens
 * @param daemon whether it runs
 * @param queue its messages
 * @param rules what failures mean
 */
public record Surroundings(
    Path root,
    Path home,
    Instant built,
    InstantSource clock,
    Resolver resolver,
    DomainRecords records,
    Connector connector,
    PortOwners owners,
    Room.Gauge gauge,
    Users users,
    List<InetAddress> addresses,
    List<String> commandLines,
    Map<String, List<InetSocketAddress>> listeners,
    DaemonState daemon,
    QueueSource queue,
    FailureRules rules) {
  public Surroundings {
    addresses = List.copyOf(addresses);
    commandLines = List.copyOf(commandLines);
    listeners = Map.copyOf(listeners);
  }
}
