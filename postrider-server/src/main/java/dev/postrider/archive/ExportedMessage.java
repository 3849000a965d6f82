package dev.postrider.archive;

import dev.postrider.mail.envelope.Envelope;
import dev.postrider.spool.Carried;
import dev.postrider.spool.StoredMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the JSON file of a message. Immutable.
 *
 * @param id its queue id where it comes from, as that queue prints it; for people
 * @param envelope all of it
 * @param carried how far it had come
 * @param content what the .eml file must be; null if nobody says
 * @param incomplete what is missing of it, a sentence each; empty for a whole message
 * @param perhapsDelivered why it may have been delivered or refused already; empty if it was not
 */
public record ExportedMessage(
    String id,
    Envelope envelope,
    Carried carried,
    @Nullable ContentMark content,
    List<String> incomplete,
    String perhapsDelivered) {
  public ExportedMessage {
    incomplete = List.copyOf(incomplete);
  }

  /** A message of a queue as it stands; what its content is, is known when it was written. */
  public static ExportedMessage of(String id, StoredMessage message) {
    return new ExportedMessage(id, message.envelope(), Carried.of(message), null, List.of(), "");
  }

  ExportedMessage withContent(ContentMark mark) {
    return new ExportedMessage(id, envelope, carried, mark, incomplete, perhapsDelivered);
  }
}
