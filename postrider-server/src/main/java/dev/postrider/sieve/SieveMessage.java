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

  /** Octets of the body that tests look at. */
  private static final int MOST_BODY = 1 << 20;

  /**
   * What does not stand in the message.
   *
   * @param sender of the envelope
   * @param recipient the address of the user that it came for
   * @param original what that address was before aliases
   * @param delimiters recipient_delimiter, which parts the address of a user from what is behind
   */
  public record Envelope(
      ReversePath sender, Mailbox recipient, Mailbox original, String delimiters) {
    /** Of an address that no alias led to. */
    public Envelope(ReversePath sender, Mailbox recipient, String delimiters) {
      this(sender, recipient, recipient, delimiters);
    }
  }

  private final List<HeaderField> header;
  private final MessageBody body;
  private final long size;
  private final Envelope envelope;

  private SieveMessage(List<HeaderField> header, MessageBody body, long size, Envelope envelope) {
    this.header = List.copyOf(header);
    this.body = body;
    this.size = size;
    this.envelope = envelope;
  }

  /**
   * Reads the header of a message, and the first of its body if the script asks for it.
   *
   * @param in lines ended by LF; not closed
   * @param size octets of the whole message
   */
  public static SieveMessage read(InputStream in, long size, Envelope envelope, SieveScript script)
      throws IOException {
    HeaderScanner scanner = new HeaderScanner(in, MOST_FIELD);
    List<HeaderField> fields = new ArrayList<>();
    long octets = 0;
    for (@Nullable HeaderField field = scanner.next();
        field != null && octets < MOST_HEADER;
        field = scanner.next()) {
      fields.add(field);
      octets += field.name().length() + field.value().length() + 2L;
    }
    // Behind a header that is longer than what is looked at there is more header, not the body.
    boolean wanted = script.looksAtBody() && octets < MOST_HEADER;
    byte[] content = wanted ? scanner.body().readNBytes(MOST_BODY) : new byte[0];
    return new SieveMessage(fields, new MessageBody(fields, content), size, envelope);
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

  /** The recipient before aliases. */
  AddressText original() {
    return new AddressText(envelope.original(), envelope.delimiters());
  }

  /** As far as it was read: nothing unless the script looks at it. */
  MessageBody body() {
    return body;
  }

  /** The name of the first field whose name begins so, in any case; or null. */
  @Nullable String fieldOfPrefix(String prefix) {
    for (HeaderField field : header) {
      if (field.name().regionMatches(true, 0, prefix, 0, prefix.length())) {
        return field.name();
      }
    }
    return null;
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
