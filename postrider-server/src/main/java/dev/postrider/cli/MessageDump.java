package dev.postrider.cli;

import dev.postrider.io.Printable;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.StoredMessage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Prints a message as Postfix's postcat does: named records of the envelope, then the content. What
 * Postfix calls records are fields of one record here; they carry the letters that it gives them.
 * For one thread.
 */
final class MessageDump {
  private static final int MAX_LINE = 1 << 20;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

  private final PrintStream out;
  private final Set<Character> flags;
  private final ZoneId zone;
  private final boolean longIds;
  private final boolean everything;

  /**
   * @param flags the options of postcat: b, d, e, h, o, v
   * @param longIds enable_long_queue_ids
   */
  MessageDump(PrintStream out, Set<Character> flags, ZoneId zone, boolean longIds) {
    this.out = out;
    this.flags = Set.copyOf(flags);
    this.zone = zone;
    this.longIds = longIds;
    Set<Character> parts = new HashSet<>(flags);
    parts.retainAll(Set.of('b', 'e', 'h'));
    this.everything = parts.isEmpty();
  }

  void print(StoredMessage message) throws IOException {
    String name = queue(message) + "/" + message.id().print(longIds);
    boolean envelope = everything || flags.contains('e');
    if (envelope) {
      out.println("*** ENVELOPE RECORDS " + name + " ***");
      envelope(message);
      record('M', 0, "*** MESSAGE CONTENTS " + name + " ***");
    }
    if (everything || flags.contains('b') || flags.contains('h')) {
      try (InputStream content = new BufferedInputStream(message.content().open())) {
        content(content);
      }
    }
    if (envelope) {
      record('X', message.size(), "*** HEADER EXTRACTED " + name + " ***");
      record('E', message.size(), "*** MESSAGE FILE END " + name + " ***");
    }
  }

  private static String queue(StoredMessage message) {
    if (message.held()) {
      return "hold";
    }
    return message.attempts() == 0 ? "incoming" : "deferred";
  }

  private void envelope(StoredMessage message) {
    Envelope envelope = message.envelope();
    record(
        'C',
        0,
        "message_size: %15d %15d %15d %15d %15d %15d"
            .formatted(
                message.size(),
                0,
                envelope.recipients().size(),
                0,
                message.size(),
                envelope.smtpUtf8() ? 1 : 0));
    String arrival = TIME.format(message.arrival().atZone(zone));
    record('T', 0, "message_arrival_time: " + arrival);
    record('A', 0, "create_time: " + arrival);
    Client client = envelope.client();
    attribute("sasl_method", client.saslMethod());
    attribute("sasl_username", client.saslUsername());
    attribute("sasl_sender", client.saslSender());
    switch (envelope.bodyType()) {
      case UNDECLARED -> {}
      case SEVEN_BIT -> record('A', 0, "named_attribute: encoding=7bit");
      case EIGHT_BIT_MIME -> record('A', 0, "named_attribute: encoding=8bit");
    }
    if (envelope.envelopeId() != null) {
      record('A', 0, "named_attribute: envelope_id=" + Printable.of(envelope.envelopeId()));
    }
    switch (envelope.returnContent()) {
      case UNSPECIFIED -> {}
      case FULL -> record('A', 0, "named_attribute: ret_flags=1");
      case HEADERS -> record('A', 0, "named_attribute: ret_flags=2");
    }
    record('S', 0, "sender: " + Printable.of(envelope.sender().internal()));
    attribute("log_client_name", client.name());
    attribute("log_client_address", client.literal());
    attribute("log_client_port", client.portText());
    if (!client.name().isEmpty()) {
      attribute("log_message_origin", client.name() + "[" + client.address() + "]");
    }
    attribute("log_helo_name", client.helo());
    attribute("log_protocol_name", client.protocol());
    if (message.expired()) {
      record('A', 0, "named_attribute: forced_expire=1");
    }
    Set<Integer> pending = new HashSet<>();
    message.pending().forEach(each -> pending.add(each.index()));
    List<Recipient> recipients = envelope.recipients();
    for (int i = 0; i < recipients.size(); i++) {
      recipient(recipients.get(i), pending.contains(i));
    }
  }

  private void attribute(String name, String value) {
    if (!value.isEmpty()) {
      record('A', 0, "named_attribute: " + name + "=" + Printable.of(value));
    }
  }

  private void recipient(Recipient recipient, boolean waits) {
    DsnRequest dsn = recipient.dsn();
    if (!dsn.events().isEmpty()) {
      record('A', 0, "named_attribute: notify_flags=" + notifyFlags(dsn));
    }
    String given = dsn.originalRecipient();
    record(
        'A',
        0,
        "named_attribute: dsn_orig_rcpt="
            + Printable.of(given == null ? "rfc822;" + recipient.original().external() : given));
    record('O', 0, "original_recipient: " + Printable.of(recipient.original().internal()));
    String address = Printable.of(recipient.mailbox().internal());
    if (waits) {
      record('R', 0, "recipient: " + address);
    } else {
      record('D', 0, "done_recipient: " + address);
    }
  }

  private static int notifyFlags(DsnRequest dsn) {
    int flags = 0;
    for (DsnRequest.Event event : dsn.events()) {
      flags |=
          switch (event) {
            case NEVER -> 1;
            case SUCCESS -> 2;
            case FAILURE -> 4;
            case DELAY -> 8;
          };
    }
    return flags;
  }

  private void content(InputStream content) throws IOException {
    boolean header = true;
    long offset = 0;
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    for (int octet = content.read(); octet >= 0; octet = content.read()) {
      // A line without end is printed in pieces: nothing here grows with the message.
      if (octet != '\n' && line.size() < MAX_LINE) {
        line.write(octet);
        continue;
      }
      header &= line.size() > 0;
      text(line.toByteArray(), header, offset);
      offset += line.size() + 1L;
      line.reset();
      if (octet != '\n') {
        line.write(octet);
      }
    }
    if (line.size() > 0) {
      text(line.toByteArray(), header, offset);
    }
  }

  private void text(byte[] line, boolean header, long offset) {
    if (everything || flags.contains(header ? 'h' : 'b')) {
      prefix('N', offset);
      if (flags.contains('v')) {
        out.print("regular_text: ");
      }
      out.write(line, 0, line.length);
      out.println();
    }
  }

  private void record(char type, long offset, String text) {
    prefix(type, offset);
    out.println(text);
  }

  private void prefix(char type, long offset) {
    if (flags.contains('o')) {
      out.print("%9d ".formatted(offset));
    }
    if (flags.contains('d')) {
      out.print("%3d ".formatted((int) type));
    }
  }
}
