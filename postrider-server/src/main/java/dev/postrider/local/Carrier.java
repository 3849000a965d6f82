package dev.postrider.local;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Parts;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Recipient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries a plan out: file by file and command by command, and at last, when nothing has to wait,
 * one new message for all addresses that go on in the same name. What an earlier attempt did is not
 * done again. For one recipient and one thread.
 */
final class Carrier {
  /** Who stands for the failure of new messages, and what Delivered-To says in them. */
  private record Name(Mailbox delivered, ReversePath sender) {}

  private final DeliveryRequest request;
  private final Recipient recipient;
  private final Deed deed;
  private final Progress.Done done;
  private final List<Parts.Part> parts = new ArrayList<>();
  private final Map<Name, List<Scope>> sentOn = new LinkedHashMap<>();

  /** What is done at the ends of a plan: a delivery, or the saying of what it would be. */
  interface Deed {
    /**
     * Does one thing.
     *
     * @return what came of it
     */
    DeliveryStatus act(Scope scope, Act act) throws InterruptedException;

    /**
     * Sends on to all of these in one new message.
     *
     * @return the text of the log
     */
    String sendOn(List<Scope> scopes) throws IOException;

    /** Whether {@link #sendOn} is for all together, at the end. */
    boolean collects();
  }

  Carrier(DeliveryRequest request, Recipient recipient, Deed deed, Progress.Done done) {
    this.request = request;
    this.recipient = recipient;
    this.deed = deed;
    this.done = done;
  }

  /** Carries it out. */
  List<Parts.Part> carry(Plan plan) throws InterruptedException {
    if (!walk(plan)) {
      for (Map.Entry<Name, List<Scope>> each : sentOn.entrySet()) {
        send(each.getKey(), each.getValue());
      }
    }
    return parts;
  }

  /** Does what a part of the plan says; answers whether something has to wait. */
  private boolean walk(Plan plan) throws InterruptedException {
    return switch (plan) {
      case Plan.Step(_, Plan next) -> walk(next);
      case Plan.Leaf(Scope scope, Act act) -> leaf(scope, act);
      case Plan.Branch branch -> {
        for (List<Plan> step : branch.steps()) {
          boolean waits = false;
          for (Plan each : step) {
            waits |= walk(each);
          }
          if (waits) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  private boolean leaf(Scope scope, Act act) throws InterruptedException {
    if (act instanceof Act.Duplicate) {
      return false;
    }
    if (act instanceof Act.SendOn && deed.collects()) {
      sentOn
          .computeIfAbsent(new Name(scope.deliveredTo(), scope.sender()), _ -> new ArrayList<>())
          .add(scope);
      return false;
    }
    if (act instanceof Act.Reply) {
      DeliveryStatus _ = deed.act(scope, act);
      return false;
    }
    String key = scope.address().internal() + " " + act;
    DeliveryStatus before = done.status(key);
    if (before instanceof DeliveryStatus.Sent) {
      return false;
    }
    DeliveryStatus status = before != null ? before : deed.act(scope, act);
    done.add(key, status);
    parts.add(new Parts.Part(scope.shown(), status, scope.reportsTo()));
    return status instanceof DeliveryStatus.Deferred;
  }

  private void send(Name name, List<Scope> scopes) {
    String key = "on " + name;
    if (done.status(key) instanceof DeliveryStatus.Sent) {
      return;
    }
    DeliveryStatus.Attempt attempt = DeliveryStatus.Attempt.here(LocalTransport.PROCESS, "local");
    DeliveryStatus status;
    try {
      status = Outcome.sent(deed.sendOn(scopes), attempt);
    } catch (DeliveryFailure e) {
      status = e.status(attempt);
    } catch (IOException e) {
      status =
          Outcome.deferred(request.queueId() + " cannot be forwarded: " + e.getMessage(), attempt);
    }
    done.add(key, status);
    parts.add(new Parts.Part(recipient, status, null));
  }
}
