package dev.postrider.pickup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Whether the header of a message names anyone, so that {@code sendmail -t} can refuse while its
 * caller still listens. The recipients themselves are found by intake. For one thread.
 */
public final class HeaderRecipients {
  /** A header above this is not looked through to its end; intake cuts it far below. */
  private static final int MAX_HEADER = 4 << 20;

  private static final Set<String> PLAIN = Set.of("to", "cc", "bcc");
  private static final Set<String> RESENT = Set.of("resent-to", "resent-cc", "resent-bcc");

  private final byte[] header;
  private final InputStream rest;
  private boolean plain;
  private boolean resent;
  private boolean resentHeader;

  private HeaderRecipients(byte[] header, InputStream rest) {
    this.header = header;
    this.rest = rest;
  }

  /** Reads the header and looks through it; the message is then to be read from {@link #whole}. */
  public static HeaderRecipients read(InputStream message) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream(1024);
    int previous = '\n';
    for (int b = message.read(); b >= 0; b = message.read()) {
      header.write(b);
      if ((b == '\n' && previous == '\n') || header.size() >= MAX_HEADER) {
        break;
      }
      previous = b;
    }
    HeaderRecipients found = new HeaderRecipients(header.toByteArray(), message);
    found.look();
    return found;
  }

  /** Any Resent recipient field hides the others (RFC 5322 §3.6.6). */
  public boolean any() {
    return resentHeader ? resent : plain;
  }

  /** The message from its first byte. */
  public InputStream whole() {
    return new SequenceInputStream(new ByteArrayInputStream(header), rest);
  }

  private void look() {
    StringBuilder field = new StringBuilder();
    for (String line : new String(header, StandardCharsets.UTF_8).split("\n", -1)) {
      boolean folded = !line.isEmpty() && (line.charAt(0) == ' ' || line.charAt(0) == '\t');
      if (folded && !field.isEmpty()) {
        field.append(line);
        continue;
      }
      weigh(field.toString());
      field.setLength(0);
      // The first line that is no field begins the body, empty line or not.
      if (!isField(line)) {
        return;
      }
      field.append(line);
    }
    weigh(field.toString());
  }

  private static boolean isField(String line) {
    int colon = line.indexOf(':');
    String name = colon < 0 ? "" : line.substring(0, colon).stripTrailing();
    return !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private void weigh(String field) {
    int colon = field.indexOf(':');
    if (colon < 0) {
      return;
    }
    String name = field.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    if (RESENT.contains(name)) {
      resentHeader = true;
      resent |= !AddressArguments.list(field.substring(colon + 1)).isEmpty();
    } else if (PLAIN.contains(name)) {
      plain |= !AddressArguments.list(field.substring(colon + 1)).isEmpty();
    }
  }
}
