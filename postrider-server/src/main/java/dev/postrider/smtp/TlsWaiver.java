package dev.postrider.smtp;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.message.HeaderWord;
import java.io.IOException;
import java.io.InputStream;

/**
 * The header {@code TLS-Required: no} (RFC 8689 §5), by which a sender says that a message, such as
 * a report about broken TLS, matters more than what the recipient's domain demands. It lifts
 * nothing that main.cf or a table demands: a password must not go in clear because a message says
 * so. Functions only.
 */
final class TlsWaiver {
  private TlsWaiver() {}

  /** Whether the message has it; one that cannot be read has not. */
  static boolean isIn(MessageContent content) {
    try (InputStream in = content.open()) {
      return HeaderWord.isIn(in, "TLS-Required", "no");
    } catch (IOException _) {
      // The delivery itself will say so.
      return false;
    }
  }
}
