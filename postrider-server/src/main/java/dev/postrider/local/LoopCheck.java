package dev.postrider.local;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.envelope.Recipient;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Looks for this recipient in the Delivered-To lines of a message. Stateless. */
final class LoopCheck {
  private static final int LINE_LIMIT = 2_000;

  private LoopCheck() {}

  static boolean passedHereBefore(MessageContent content, Recipient recipient) throws IOException {
    String wanted = MailboxFormat.deliveredTo(recipient);
    try (InputStream in = new BufferedInputStream(content.open())) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c != '\n') {
          if (line.size() < LINE_LIMIT) {
            line.write(c);
          }
          continue;
        }
        if (line.size() == 0) {
          return false;
        }
        if (matches(line.toString(StandardCharsets.UTF_8), wanted)) {
          return true;
        }
        line.reset();
      }
    }
    return false;
  }

  private static boolean matches(String line, String wanted) {
    int colon = "Delivered-To:".length();
    return line.regionMatches(true, 0, wanted, 0, colon)
        && line.substring(colon).strip().equalsIgnoreCase(wanted.substring(colon).strip());
  }
}
