package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.StatusSink;
import dev.postrider.delivery.Transport;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What takes mail for domains whose best mail server is this machine (best_mx_transport), instead
 * of the complaint that it loops. Immutable.
 *
 * @param setting {@code transport:nexthop}, or empty for nothing
 * @param transports the transport of a service of master.cf, or null
 */
record BestMx(String setting, Function<String, @Nullable Transport> transports) {
  boolean isSet() {
    return !setting.isEmpty();
  }

  NextHop nextHop(NextHop before) {
    int colon = setting.indexOf(':');
    String transport = colon < 0 ? setting : setting.substring(0, colon);
    String destination = colon < 0 ? "" : setting.substring(colon + 1).strip();
    return new NextHop(
        transport.strip(), destination.isEmpty() ? before.destination() : destination);
  }

  /** Hands recipients over; false if there is no such transport. */
  boolean pass(DeliveryRequest request, List<Recipient> recipients, StatusSink sink)
      throws InterruptedException {
    NextHop nextHop = nextHop(request.nextHop());
    Transport transport = transports.apply(nextHop.transport());
    if (transport == null) {
      return false;
    }
    DeliveryRequest passed =
        new DeliveryRequest(
            request.queueId(),
            request.arrival(),
            request.envelope(),
            recipients,
            nextHop,
            request.content());
    if (request.envelope().purpose() == Envelope.Purpose.PROBE) {
      transport.probe(passed, sink);
    } else {
      transport.deliver(passed, sink);
    }
    return true;
  }
}
