package dev.postrider.sieve;

import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.message.EncodedWord;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a script sees of a message. Immutable. */
public final class SieveMessage {
  /** Octets of the header that tests look at. */
  private static final int MOST_HEADER = 1 << 20;

  private static final int MOST_FIELD = 100_000;

  /**
   * What does not stand in the message.
   *
   * @param sender of the envelope
   * @param recipient the address of the user that it came for
   * @param delimiters recipient_delimiter, which parts the address of a user from what is behind
   */
  public record Envelope(ReversePath sender, Mailbox recipient, String delimiters) {}

  private final List<HeaderField> header;
  private final long size;
  private final Envelope envelope;

  private SieveMessage(List<HeaderField> header, long size, Envelope envelope) {
    this.header = List.copyOf(header);
    this.size = size;
    this.envelope = envelope;
  }

  /**
   * Reads the header of a message.
   *
   * @param in lines ended by LF; not closed
   * @param size octets of the whole message
   */
  public static SieveMessage read(InputStream in, long size, Envelope envelope) throws IOException {
    HeaderScanner scanner = new HeaderScanner(in, MOST_FIELD);
    List<HeaderField> fields = new ArrayList<>();
    long octets = 0;
    for (@Nullable HeaderField field = scanner.next();
        field != null && octets < MOST_HEADER;
        field = scanner.next()) {
      fields.add(field);
      octets += field.name().length() + field.value().length() + 2L;
    }
    return new SieveMessage(fields, size, envelope);
  }

  long size() {
    return size;
  }

  AddressText sender() {
    return AddressText.of(envelope.sender(), envelope.delimiters());
  }

  AddressText recipient() {
    return new AddressText(envelope.recipient(), envelope.delimiters());
  }

  /** What the fields of that name say, for people: unfolded, encoded words decoded. */
  List<String> values(String name) {
    return octets(name).stream().map(EncodedWord::decode).toList();
  }

  /** The addresses in the fields of that name; those that cannot be read are left out. */
  List<AddressText> addresses(String name) {
    List<AddressText> found = new ArrayList<>();
    for (String value : octets(name)) {
      for (Mailbox mailbox : AddressList.parse(value).mailboxes()) {
        found.add(new AddressText(mailbox, envelope.delimiters()));
      }
    }
    return found;
  }

  private List<String> octets(String name) {
    return header.stream()
        .filter(field -> field.is(name))
        .map(field ->
            new String(
                field.unfolded().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
        .toList();
  }
}
