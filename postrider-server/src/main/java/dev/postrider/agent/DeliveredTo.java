package dev.postrider.agent;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Looks for a recipient in the Delivered-To lines of a message: has it been here? Stateless. */
public final class DeliveredTo {
  /** No field of an address is longer; one that is cannot name a recipient of ours. */
  private static final int MAX_FIELD = 64 * 1024;

  private DeliveredTo() {}

  /** Whether the message says that it was delivered to this recipient before, whatever the case. */
  public static boolean contains(MessageContent content, Mailbox recipient) throws IOException {
    try (InputStream in = content.open()) {
      HeaderScanner scanner = new HeaderScanner(in, MAX_FIELD);
      for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
        if (field.is("Delivered-To") && text(field).equalsIgnoreCase(recipient.external())) {
          return true;
        }
      }
    }
    return false;
  }

  private static String text(HeaderField field) {
    return new String(
        field.unfolded().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
