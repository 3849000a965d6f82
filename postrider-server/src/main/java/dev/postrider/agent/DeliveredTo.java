package dev.postrider.agent;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The recipients in the Delivered-To lines of a message: where it has been. Immutable.
 *
 * @param addresses in lower case, as they are spelled in a header
 */
public record DeliveredTo(Set<String> addresses) {
  /** A message that has been nowhere. */
  public static final DeliveredTo NOBODY = new DeliveredTo(Set.of());

  /** No field of an address is longer; one that is cannot name a recipient of ours. */
  private static final int MAX_FIELD = 64 * 1024;

  /** As many as Postfix looks at: what comes after so many is no honest mail. */
  private static final int MOST = 1_000;

  public DeliveredTo {
    addresses = Set.copyOf(addresses);
  }

  /** Reads the header of a message. */
  public static DeliveredTo of(MessageContent content) throws IOException {
    Set<String> found = new HashSet<>();
    try (InputStream in = content.open()) {
      HeaderScanner scanner = new HeaderScanner(in, MAX_FIELD);
      for (HeaderField field = scanner.next();
          field != null && found.size() < MOST;
          field = scanner.next()) {
        if (field.is("Delivered-To")) {
          found.add(text(field).toLowerCase(Locale.ROOT));
        }
      }
    }
    return found.isEmpty() ? NOBODY : new DeliveredTo(found);
  }

  private static String text(HeaderField field) {
    return new String(
            field.unfolded().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .strip();
  }

  /** Whether the message was delivered to this recipient before, whatever the case. */
  public boolean has(Mailbox recipient) {
    return addresses.contains(recipient.external().toLowerCase(Locale.ROOT));
  }
}
