package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.message.HeaderAddresses;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import dev.postrider.table.AddressLookup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code smtp_generic_maps} make of a message on its way out: addresses that only this machine
 * knows become ones the world knows, in the envelope and in the header. Safe on any thread.
 */
final class GenericMapping {
  /** No field that intake lets through is longer. */
  static final int MAX_FIELD = 4 * 1024 * 1024;

  /** The message to send, or why it cannot be said. */
  sealed interface Result {
    record Ready(Outgoing message) implements Result {}

    record Unavailable(String reason) implements Result {}
  }

  private final @Nullable AddressLookup lookup;
  private final boolean propagates;
  private final String parameter;

  /**
   * Reads the settings.
   *
   * @param tables those of {@code smtp_generic_maps}
   */
  GenericMapping(ClientConfig config, AddressLookup tables) {
    this.parameter = config.dialect().parameter("smtp_generic_maps");
    this.lookup = tables.isEmpty() ? null : tables;
    this.propagates = config.list("propagate_unmatched_extensions").contains("generic");
  }

  /** What becomes of one address. */
  AddressLookup.Answer map(Mailbox address) {
    return lookup == null ? new AddressLookup.Answer.Unchanged() : lookup.map(address, propagates);
  }

  Result outgoing(DeliveryRequest request, List<Recipient> recipients) {
    Envelope envelope = request.envelope();
    Mapper mapper = new Mapper(lookup, propagates, parameter);
    String sender =
        envelope.sender() instanceof ReversePath.Sender(var mailbox)
            ? mapper.apply(mailbox).external()
            : "";
    boolean utf8 = !isAscii(sender);
    List<String> paths = new ArrayList<>(recipients.size());
    for (Recipient recipient : recipients) {
      String path = mapper.apply(recipient.mailbox()).external();
      paths.add(path);
      utf8 |= !isAscii(path);
    }
    try {
      MessageContent content = lookup == null ? request.content() : mapped(request, mapper);
      if (mapper.problem != null) {
        return new Result.Unavailable(mapper.problem);
      }
      utf8 |= envelope.smtpUtf8() && hasUtf8Header(content);
      return new Result.Ready(new Outgoing(envelope, sender, recipients, paths, content, utf8));
    } catch (IOException e) {
      return new Result.Unavailable("reading message content: " + e);
    }
  }

  private static MessageContent mapped(DeliveryRequest request, Mapper mapper) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream(1024);
    long grown = 0;
    try (InputStream in = request.content().open()) {
      HeaderScanner scanner = new HeaderScanner(in, MAX_FIELD);
      for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
        HeaderField changed = HeaderAddresses.rewrite(field, mapper::apply);
        String text = changed.toString();
        grown += text.length() - field.toString().length();
        header.write((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
      }
      if (!mapper.changed) {
        return request.content();
      }
      if (scanner.separated()) {
        header.write('\n');
      }
    }
    return new NewHeader(request.content(), header.toByteArray(), request.content().size() + grown);
  }

  private static boolean hasUtf8Header(MessageContent content) throws IOException {
    try (InputStream in = content.open()) {
      HeaderScanner scanner = new HeaderScanner(in, MAX_FIELD);
      for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
        if (!isAscii(field.value())) {
          return true;
        }
      }
      return false;
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** Maps the addresses of one message and remembers what happened. For one thread. */
  private static final class Mapper {
    private final @Nullable AddressLookup lookup;
    private final boolean propagates;
    private final String parameter;
    private boolean changed;
    private @Nullable String problem;

    Mapper(@Nullable AddressLookup lookup, boolean propagates, String parameter) {
      this.lookup = lookup;
      this.propagates = propagates;
      this.parameter = parameter;
    }

    Mailbox apply(Mailbox address) {
      if (lookup == null || problem != null) {
        return address;
      }
      return switch (lookup.map(address, propagates)) {
        case AddressLookup.Answer.Unchanged _ -> address;
        case AddressLookup.Answer.Mapped(var mailboxes, _) -> {
          changed = true;
          yield mailboxes.getFirst();
        }
        case AddressLookup.Answer.Unavailable(var reason) -> {
          problem = parameter + ": " + reason;
          yield address;
        }
      };
    }
  }
}
