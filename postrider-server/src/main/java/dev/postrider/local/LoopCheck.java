package dev.postrider.local;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.address.Mailbox;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The addresses in the Delivered-To lines of a message: where it has been. Immutable.
 *
 * @param addresses in lower case, as they are spelled in a header; at most a thousand
 */
record LoopCheck(Set<String> addresses) {
  private static final String FIELD = "Delivered-To:";
  private static final int LINE_LIMIT = 2_000;
  private static final int MOST = 1_000;

  LoopCheck {
    addresses = Set.copyOf(addresses);
  }

  /** Reads the header, as far as it looks like one. */
  static LoopCheck of(MessageContent content) throws IOException {
    Set<String> found = new HashSet<>();
    try (InputStream in = new BufferedInputStream(content.open())) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c >= 0 && found.size() < MOST; c = in.read()) {
        if (c != '\n') {
          if (line.size() < LINE_LIMIT) {
            line.write(c);
          }
          continue;
        }
        if (line.size() == 0) {
          break;
        }
        String text = line.toString(StandardCharsets.UTF_8);
        if (text.regionMatches(true, 0, FIELD, 0, FIELD.length())) {
          found.add(text.substring(FIELD.length()).strip().toLowerCase(Locale.ROOT));
        }
        line.reset();
      }
    }
    return new LoopCheck(found);
  }

  /** Whether the message has been delivered to this address before. */
  boolean has(Mailbox address) {
    return addresses.contains(address.external().toLowerCase(Locale.ROOT));
  }
}
