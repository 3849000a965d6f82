package dev.postrider.queue;

import dev.postrider.bounce.BounceNotifier;
import dev.postrider.config.Config;
import dev.postrider.config.ServiceEntry;
import dev.postrider.delivery.Transport;
import dev.postrider.event.Events;
import dev.postrider.route.Router;
import java.util.List;
import java.util.Map;

/**
 * All that the queue takes from the configuration; a reload brings a new one. Immutable.
 *
 * @param config main.cf
 * @param services master.cf, for the limits of transports
 * @param transports by the service's name; the same names the router knows
 * @param router of the same configuration
 * @param notifier of the same configuration
 * @param circumstances what may change while mail waits
 * @param events hears of attempts and ends
 */
public record QueueSetup(
    Config config,
    List<ServiceEntry> services,
    Map<String, Transport> transports,
    Router router,
    BounceNotifier notifier,
    Circumstances circumstances,
    Events events) {
  public QueueSetup {
    services = List.copyOf(services);
    transports = Map.copyOf(transports);
  }

  TransportLimits limitsOf(String transport) {
    return TransportLimits.of(config, services, transport);
  }
}
