package dev.postrider.local;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import java.io.IOException;
import java.util.List;

/** Delivers for good. For one recipient. */
record Delivering(DeliveryRequest request, Deliveries deliveries) implements Carrier.Deed {
  @Override
  public DeliveryStatus act(Scope scope, Act act) throws InterruptedException {
    return deliveries.deliver(request, scope, act);
  }

  @Override
  public String sendOn(List<Scope> scopes) throws IOException {
    return "forwarded as " + deliveries.forward(request, scopes);
  }

  @Override
  public boolean collects() {
    return true;
  }
}
