package dev.postrider.sieve;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.message.EncodedWord;
import dev.postrider.mail.message.HeaderBlock;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import dev.postrider.mail.message.MessageComposer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * An answer that somebody gets who wrote to a user who is away (RFC 5230). Immutable.
 *
 * @param to who wrote
 * @param interval in which nobody gets it twice: from one minute to 30 days
 * @param handle of all answers that are one and the same; letters and digits, of bounded length
 * @param letter what it says
 */
public record VacationReply(Mailbox to, Duration interval, String handle, Letter letter) {
  /**
   * What an answer says.
   *
   * @param from whose answer it is, as a header has it, but in characters
   * @param subject of any characters
   * @param references the message ids of what is answered, the last one its own; may be empty
   * @param reason the text, or with {@code mime} a header with MIME's fields, an empty line and a
   *     body
   */
  public record Letter(
      String from, String subject, List<String> references, String reason, boolean mime) {
    public Letter {
      references = List.copyOf(references);
    }
  }

  private static final int MOST_FIELD = 10_000;

  /**
   * The answer as a message with lines ended by LF; Date and Message-ID are whose who stores it.
   */
  public byte[] content() {
    HeaderBlock header = new HeaderBlock();
    header.append("From", letter.from());
    header.append("To", to.external());
    header.append("Subject", EncodedWord.encode(letter.subject()));
    // RFC 3834 §5.2: what is answered by machine is not answered by another.
    header.append("Auto-Submitted", "auto-replied (vacation)");
    if (!letter.references().isEmpty()) {
      header.append("In-Reply-To", letter.references().getLast());
      header.append("References", String.join("\n ", letter.references()));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      MessageComposer.write(header, text(header), List.of(), "", out);
    } catch (IOException e) {
      throw new IllegalStateException("an answer in memory could not be written", e);
    }
    return out.toByteArray();
  }

  /** The body; what a MIME text says of it goes into the header. */
  private byte[] text(HeaderBlock header) throws IOException {
    byte[] reason = letter.reason().getBytes(StandardCharsets.UTF_8);
    if (!letter.mime()) {
      return reason;
    }
    HeaderScanner scanner = new HeaderScanner(new ByteArrayInputStream(reason), MOST_FIELD);
    boolean encoded = false;
    boolean typed = false;
    for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
      // Nothing else may come in: a Bcc would send it to others.
      if (field.name().toLowerCase(Locale.ROOT).startsWith("content-")) {
        header.append(field);
        encoded |= field.is("Content-Transfer-Encoding");
        typed |= field.is("Content-Type");
      }
    }
    byte[] body = ended(scanner.body().readAllBytes());
    if (typed && !encoded && hasEightBits(body)) {
      header.append("Content-Transfer-Encoding", "8bit");
    }
    return body;
  }

  private static byte[] ended(byte[] body) {
    if (body.length == 0 || body[body.length - 1] == '\n') {
      return body;
    }
    byte[] longer = java.util.Arrays.copyOf(body, body.length + 1);
    longer[body.length] = '\n';
    return longer;
  }

  private static boolean hasEightBits(byte[] octets) {
    for (byte octet : octets) {
      if (octet < 0) {
        return true;
      }
    }
    return false;
  }

  /** In words, without the text. */
  @Override
  public String toString() {
    return "<"
        + to.external()
        + "> \""
        + letter.subject()
        + "\", at most once in "
        + words(interval);
  }

  private static String words(Duration interval) {
    long days = interval.toDays();
    return interval.equals(Duration.ofDays(days))
        ? days + (days == 1 ? " day" : " days")
        : interval.toSeconds() + " seconds";
  }
}
