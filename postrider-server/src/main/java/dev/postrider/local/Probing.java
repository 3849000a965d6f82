package dev.postrider.local;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import java.util.List;

/** Says what a delivery would do, and does nothing. For one recipient. */
record Probing(DeliveryRequest request, Deliveries deliveries) implements Carrier.Deed {
  @Override
  public DeliveryStatus act(Scope scope, Act act) throws InterruptedException {
    DeliveryStatus.Attempt attempt = DeliveryStatus.Attempt.here(LocalTransport.PROCESS, "local");
    String text =
        switch (act) {
          case Act.Mailbox _ -> "delivers to mailbox";
          case Act.Maildir _ -> "delivers to maildir";
          case Act.Folder _ -> "delivers to folder";
          case Act.File(String path) -> "delivers to file: " + path;
          case Act.Command(String line) -> "delivers to command: " + line;
          case Act.SendOn() -> "forwards to " + scope.address().internal();
          case Act.Discard() -> "discarded";
          case Act.Duplicate() -> "";
          case Act.Fail _, Act.Pass _, Act.Reply _ -> "";
        };
    return switch (act) {
      case Act.Fail(String code, String why) -> new DeliveryFailure(code, why).status(attempt);
      case Act.Pass(var nextHop) -> deliveries.pass(request, scope, nextHop, true);
      default -> Outcome.sent(text, attempt);
    };
  }

  @Override
  public String sendOn(List<Scope> scopes) {
    throw new IllegalStateException("a probe sends nothing");
  }

  @Override
  public boolean collects() {
    return false;
  }
}
