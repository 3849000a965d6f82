package dev.postrider.intake;

import dev.postrider.event.Event;
import dev.postrider.mail.address.AddressLiteral;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * What the event log hears of a stored message beyond what is stored. Immutable.
 *
 * @param origin where it came from
 * @param messageId of its header, empty if it has none
 */
record Arrival(Origin origin, String messageId) {
  Event.Accepted event(StoredMessage stored) {
    List<Recipient> recipients = stored.envelope().recipients();
    List<String> named = new ArrayList<>();
    for (Recipient each :
        recipients.subList(0, Math.min(recipients.size(), Event.Accepted.MOST_NAMED))) {
      named.add(each.mailbox().external());
    }
    return new Event.Accepted(
        stored.id(),
        source(),
        stored.envelope().sender().external(),
        recipients.size(),
        named,
        stored.size(),
        messageId);
  }

  private Event.Source source() {
    return switch (origin) {
      case Origin.Local local -> new Event.Source.User(local.uid(), local.login());
      case Origin.Remote remote ->
          new Event.Source.Client(
              remote.name(),
              AddressLiteral.print(remote.address()),
              remote.protocol(),
              remote.login());
      case Origin.Requeued(long uid, String previous) -> new Event.Source.Requeued(uid, previous);
      case Origin.Internal(Origin.Why why, String parent) ->
          switch (why) {
            case NOTICE -> new Event.Source.Notice(parent);
            case FORWARD -> new Event.Source.Forwarded(parent);
            case OTHER -> new Event.Source.Own();
          };
    };
  }
}
