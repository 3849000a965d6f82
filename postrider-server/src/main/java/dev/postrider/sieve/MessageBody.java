package dev.postrider.sieve;

import dev.postrider.mail.message.HeaderField;
import dev.postrider.mailbox.ContentPart;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message as the test {@code body} sees it (RFC 5173). Its parts are found when they
 * are first asked for. For one thread.
 */
final class MessageBody {
  private final List<HeaderField> header;
  private final byte[] octets;
  private @Nullable List<ContentPart> parts;
  private @Nullable List<String> words;

  /**
   * A body.
   *
   * @param header that of its message
   * @param octets its first ones
   */
  MessageBody(List<HeaderField> header, byte[] octets) {
    this.header = header;
    this.octets = octets;
  }

  /** All of it, as it came. */
  String raw() {
    return new String(octets, StandardCharsets.UTF_8);
  }

  /** What people read in it. */
  List<String> text() {
    if (words == null) {
      List<String> found = new ArrayList<>();
      for (ContentPart part : parts()) {
        if (part.type().startsWith("text/")) {
          found.add(part.words());
        }
      }
      words = found;
    }
    return words;
  }

  /**
   * The parts of these types.
   *
   * @param types such as {@code text/html}; {@code text} means all that begin so, and the empty
   *     text means all
   */
  List<String> content(List<String> types) {
    List<String> found = new ArrayList<>();
    for (ContentPart part : parts()) {
      if (types.stream().anyMatch(type -> isOf(part.type(), type.toLowerCase(Locale.ROOT)))) {
        found.add(part.text());
      }
    }
    return found;
  }

  private static boolean isOf(String type, String wanted) {
    return wanted.isEmpty() || type.equals(wanted) || type.startsWith(wanted + "/");
  }

  private List<ContentPart> parts() {
    if (parts == null) {
      ByteArrayOutputStream message = new ByteArrayOutputStream(octets.length + 200);
      for (HeaderField field : header) {
        if (field.name().regionMatches(true, 0, "Content-", 0, 8)) {
          message.writeBytes((field + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }
      }
      message.write('\n');
      message.writeBytes(octets);
      parts = ContentPart.of(message.toByteArray());
    }
    return parts;
  }
}
