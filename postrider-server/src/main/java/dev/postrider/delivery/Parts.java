package dev.postrider.delivery;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a recipient who stands for several, such as an alias: each place that the mail
 * went to, or could not go to. Immutable.
 *
 * @param list in the order in which it happened; empty if all was done by an attempt before
 * @param completion what a report about success says, if one was asked for and nobody waits
 */
public record Parts(List<Part> list, DeliveryStatus.Completion completion) {
  /**
   * The fate of one place.
   *
   * @param recipient who it is, as logs and reports name it
   * @param status good or bad
   * @param owner who hears of it, instead of the sender, when it is bad for good; or null
   */
  public record Part(Recipient recipient, DeliveryStatus status, @Nullable Mailbox owner) {}

  public Parts {
    list = List.copyOf(list);
  }

  /** The first part that has to wait, and with it the recipient; or null. */
  public DeliveryStatus.@Nullable Deferred waiting() {
    for (Part part : list) {
      if (part.status() instanceof DeliveryStatus.Deferred deferred) {
        return deferred;
      }
    }
    return null;
  }

  /** The parts that were refused for good. */
  public List<Part> refused() {
    return list.stream().filter(part -> part.status() instanceof DeliveryStatus.Bounced).toList();
  }

  /** The word about all of them when everybody has the mail. */
  public DeliveryStatus.Sent success() {
    DeliveryStatus.Attempt attempt =
        list.isEmpty()
            ? DeliveryStatus.Attempt.here("local", "local")
            : list.getLast().status().attempt();
    String text = list.size() == 1 ? list.getFirst().status().text() : "alias expanded";
    return new DeliveryStatus.Sent(EnhancedStatusCode.of("2.0.0"), text, attempt, completion);
  }
}
