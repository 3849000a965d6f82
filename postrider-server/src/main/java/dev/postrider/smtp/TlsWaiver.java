package dev.postrider.smtp;

import dev.postrider.delivery.MessageContent;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * The header {@code TLS-Required: no} (RFC 8689 §5), by which a sender says that a message, such as
 * a report about broken TLS, matters more than what the recipient's domain demands. It lifts
 * nothing that main.cf or a table demands: a password must not go in clear because a message says
 * so. Functions only.
 */
final class TlsWaiver {
  private static final String NAME = "tls-required:";
  private static final int MAX_HEADER = 256 * 1024;
  private static final int MAX_LINE = 200;

  private TlsWaiver() {}

  /** Whether the message has it; one that cannot be read has not. */
  static boolean isIn(MessageContent content) {
    try (InputStream in = new BufferedInputStream(content.open())) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < MAX_HEADER; i++) {
        int octet = in.read();
        if (octet == '\r') {
          continue;
        }
        if (octet >= 0 && octet != '\n') {
          if (line.length() < MAX_LINE) {
            line.append((char) octet);
          }
          continue;
        }
        if (says(line.toString())) {
          return true;
        }
        if (line.isEmpty() || octet < 0) {
          return false;
        }
        line.setLength(0);
      }
    } catch (IOException _) {
      // The delivery itself will say so.
    }
    return false;
  }

  private static boolean says(String line) {
    String lower = line.toLowerCase(Locale.ROOT);
    return lower.startsWith(NAME) && lower.substring(NAME.length()).strip().equals("no");
  }
}
