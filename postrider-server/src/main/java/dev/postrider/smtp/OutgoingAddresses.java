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
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What tables make of the addresses of a message on its way out, in the envelope and in the header:
 * {@code smtp_generic_maps} make ones the world knows of those that only this machine knows, and
 * {@code postrider_relay_sender_maps} put the account's own in the place of senders, where a
 * provider takes no other. What stood in From then is kept. Safe on any thread.
 */
final class OutgoingAddresses {
  /** No field that intake lets through is longer. */
  static final int MAX_FIELD = 4 * 1024 * 1024;

  /** The message to send, or why it cannot be said. */
  sealed interface Result {
    record Ready(Outgoing message) implements Result {}

    record Unavailable(String reason) implements Result {}
  }

  /** Fields that say who sends. Where answers go to is left as it is. */
  private static final Set<String> SENDERS =
      Set.of("from", "sender", "resent-from", "resent-sender");

  /** Where a sender who was replaced is kept. */
  private static final String ORIGINAL = "X-Original-From";

  private final @Nullable AddressLookup generic;
  private final @Nullable AddressLookup senders;
  private final boolean propagates;
  private final boolean quotes;
  private final String parameter;

  /**
   * Reads the settings.
   *
   * @param generic tables of {@code smtp_generic_maps}
   * @param senders tables of {@code postrider_relay_sender_maps}
   */
  OutgoingAddresses(ClientConfig config, AddressLookup generic, AddressLookup senders) {
    this.parameter = config.dialect().parameter("smtp_generic_maps");
    this.generic = generic.isEmpty() ? null : generic;
    this.senders = senders.isEmpty() ? null : senders;
    this.quotes = config.flag("smtp_quote_rfc821_envelope");
    this.propagates = config.list("propagate_unmatched_extensions").contains("generic");
  }

  /** What {@code smtp_generic_maps} make of one address. */
  AddressLookup.Answer map(Mailbox address) {
    return generic == null
        ? new AddressLookup.Answer.Unchanged()
        : generic.map(address, propagates);
  }

  /** Whether senders are changed at all, so that somebody need know the account. */
  boolean changesSenders() {
    return senders != null;
  }

  /** What {@code postrider_relay_sender_maps} make of senders, after the other tables. */
  SenderChanges senderChanges(AccountKeys account) {
    return new SenderChanges(senders, account);
  }

  /**
   * The message as it goes out.
   *
   * @param account that it goes by
   */
  Result outgoing(DeliveryRequest request, List<Recipient> recipients, AccountKeys account) {
    Envelope envelope = request.envelope();
    AddressChanges mapper = new AddressChanges(generic, propagates, parameter);
    SenderChanges senderMapper = senderChanges(account);
    String sender =
        envelope.sender() instanceof ReversePath.Sender(var mailbox)
            ? spelled(senderMapper.apply(mapper.apply(mailbox)))
            : "";
    boolean utf8 = !isAscii(sender);
    List<String> paths = new ArrayList<>(recipients.size());
    for (Recipient recipient : recipients) {
      String path = spelled(mapper.apply(recipient.mailbox()));
      paths.add(path);
      utf8 |= !isAscii(path);
    }
    try {
      MessageContent content =
          generic == null && senders == null
              ? request.content()
              : mapped(request, mapper, senderMapper);
      String problem = mapper.problem().or(senderMapper::problem).orElse("");
      if (!problem.isEmpty()) {
        return new Result.Unavailable(problem);
      }
      utf8 |= envelope.smtpUtf8() && hasUtf8Header(content);
      return new Result.Ready(
          new Outgoing(
              request.queueId(),
              envelope,
              sender,
              recipients,
              paths,
              content,
              utf8,
              RequireTls.Level.DISABLE));
    } catch (IOException e) {
      return new Result.Unavailable("reading message content: " + e);
    }
  }

  /** As the server gets it; bare for servers that do not know quotes, as main.cf has it. */
  private String spelled(Mailbox mailbox) {
    String bare = mailbox.internal();
    return quotes || bare.chars().anyMatch(c -> c < ' ' || c == 0x7f) ? mailbox.external() : bare;
  }

  private static MessageContent mapped(
      DeliveryRequest request, AddressChanges mapper, SenderChanges senderMapper)
      throws IOException {
    boolean changed = false;
    ByteArrayOutputStream header = new ByteArrayOutputStream(1024);
    long grown = 0;
    try (InputStream in = request.content().open()) {
      HeaderScanner scanner = new HeaderScanner(in, MAX_FIELD);
      for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
        String before = field.toString();
        String text = changed(field, mapper, senderMapper);
        changed |= !text.equals(before);
        grown += text.length() - before.length();
        header.write((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
      }
      if (!changed) {
        return request.content();
      }
      if (scanner.separated()) {
        header.write('\n');
      }
    }
    return new NewHeader(request.content(), header.toByteArray(), request.content().size() + grown);
  }

  private static String changed(
      HeaderField field, AddressChanges mapper, SenderChanges senderMapper) {
    HeaderField known = HeaderAddresses.rewrite(field, mapper::apply);
    if (!SENDERS.contains(field.name().strip().toLowerCase(Locale.ROOT))) {
      return known.toString();
    }
    HeaderField own = HeaderAddresses.rewrite(known, senderMapper::apply);
    return own.equals(known) || !field.is("From")
        ? own.toString()
        : ORIGINAL + ":" + field.value() + "\n" + own;
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
}
