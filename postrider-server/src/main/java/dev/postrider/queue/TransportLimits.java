package dev.postrider.queue;

import dev.postrider.config.Config;
import dev.postrider.config.Registry;
import dev.postrider.config.ServiceEntry;
import java.time.Duration;
import java.util.List;

/**
 * How much of a transport may run at once. Immutable.
 *
 * @param processes deliveries of the transport at once (maxproc of master.cf)
 * @param concurrency deliveries to one destination at once, at most
 * @param initial deliveries to one destination at once, at first
 * @param recipients recipients of one delivery; at 1 every recipient is a destination of its own,
 *     as in Postfix
 * @param positive what a good delivery adds to the concurrency
 * @param negative what a failed connection takes from it
 * @param cohorts how many rounds of failed connections make a destination dead; 0 for never
 * @param destinationDelay between the end of a delivery to a destination and the next one's begin;
 *     above zero one runs at a time
 * @param transportDelay likewise for the transport as a whole
 */
record TransportLimits(
    int processes,
    int concurrency,
    int initial,
    int recipients,
    Feedback positive,
    Feedback negative,
    double cohorts,
    Duration destinationDelay,
    Duration transportDelay) {

  /**
   * Processes for destinations with nothing under way; one destination may still have its limit.
   */
  int reserve() {
    return Math.min(processes / 4, Math.max(0, processes - concurrency));
  }

  static TransportLimits of(Config config, List<ServiceEntry> services, String transport) {
    int processes = config.number("default_process_limit");
    for (ServiceEntry service : services) {
      if (service.name().equals(transport) && service.type().equals("unix")) {
        processes = whole(service.maxProcesses(), processes);
      }
    }
    Duration destinationDelay = time(config, transport, "default_destination_rate_delay");
    Duration transportDelay = time(config, transport, "default_transport_rate_delay");
    int concurrency =
        destinationDelay.isPositive()
            ? 1
            : number(config, transport, "default_destination_concurrency_limit");
    return new TransportLimits(
        transportDelay.isPositive() ? 1 : unlimitedIfZero(processes),
        unlimitedIfZero(concurrency),
        Math.min(unlimitedIfZero(concurrency), Math.max(1, whole(initial(config, transport), 5))),
        unlimitedIfZero(number(config, transport, "default_destination_recipient_limit")),
        Feedback.parse(
            text(config, transport, "default_destination_concurrency_positive_feedback")),
        Feedback.parse(
            text(config, transport, "default_destination_concurrency_negative_feedback")),
        number(config, transport, "default_destination_concurrency_failed_cohort_limit"),
        destinationDelay,
        transportDelay);
  }

  private static int unlimitedIfZero(int limit) {
    return limit <= 0 ? Integer.MAX_VALUE : limit;
  }

  /** TRANSPORT_initial_destination_concurrency; its default has no {@code default_} in its name. */
  private static String initial(Config config, String transport) {
    String own = transport + "_initial_destination_concurrency";
    return exists(config, own) ? config.text(own) : config.text("initial_destination_concurrency");
  }

  private static int number(Config config, String transport, String name) {
    return whole(text(config, transport, name), whole(config.text(name), 1));
  }

  /** Transports are named by the administrator, so the registry knows only some of these names. */
  private static String text(Config config, String transport, String name) {
    return config.text(own(config, transport, name));
  }

  private static Duration time(Config config, String transport, String name) {
    return config.time(own(config, transport, name));
  }

  /** The transport's own parameter for {@code default_NAME}, or that if there is none. */
  private static String own(Config config, String transport, String name) {
    String own = transport + name.substring("default".length());
    return exists(config, own) ? own : name;
  }

  private static boolean exists(Config config, String name) {
    return config.isSet(name) || Registry.get().find(name) != null;
  }

  private static int whole(String text, int otherwise) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException _) {
      return otherwise;
    }
  }
}
