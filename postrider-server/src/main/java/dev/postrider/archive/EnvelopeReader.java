package dev.postrider.archive;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Carried;
import dev.postrider.spool.Mark;
import dev.postrider.spool.StoredMessage;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON file of a message, whoever wrote it. Bounded: 64 MiB, 200,000 recipients. Every
 * field is known and of its type, or the file is refused. For one file.
 */
final class EnvelopeReader {
  private static final int MOST_RECIPIENTS = 200_000;
  private static final int MOST_NOTES = 100;

  /** A time in the queue beyond this is no time of a queue. */
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private final JsonFields in;

  private String format = "";
  private String id = "";
  private @Nullable Instant arrival;
  private @Nullable Instant nextAttempt;
  private int attempts;
  private boolean held;
  private boolean expired;
  private Set<Mark> marks = Set.of();
  private long size = -1;
  private String sha256 = "";
  private BodyType bodyType = BodyType.UNDECLARED;
  private boolean smtpUtf8;
  private Envelope.ReturnContent returnContent = Envelope.ReturnContent.UNSPECIFIED;
  private @Nullable String envelopeId;
  private Envelope.Purpose purpose = Envelope.Purpose.DELIVERY;
  private Client client = Client.NONE;
  private String handedOverBy = "";
  private @Nullable ReversePath sender;
  private boolean hasRecipients;
  private final List<Recipient> recipients = new ArrayList<>();
  private final List<StoredMessage.Pending> pending = new ArrayList<>();
  private List<String> incomplete = List.of();
  private String perhapsDelivered = "";

  private EnvelopeReader(JsonFields in) {
    this.in = in;
  }

  /**
   * Reads it to its end.
   *
   * @throws BadExportException naming line and field
   */
  static ExportedMessage read(InputStream from) throws BadExportException {
    try (JsonFields in = new JsonFields(from)) {
      return new EnvelopeReader(in).message();
    }
  }

  private ExportedMessage message() throws BadExportException {
    in.object(this::field);
    in.end();
    if (format.isEmpty()) {
      throw missing("format");
    }
    Instant since = arrival;
    ReversePath from = sender;
    if (since == null) {
      throw missing("arrival");
    }
    if (from == null) {
      throw missing("sender");
    }
    if (!hasRecipients) {
      throw missing("recipients");
    }
    if ((size < 0) != sha256.isEmpty()) {
      throw missing(size < 0 ? "size" : "sha256");
    }
    Envelope envelope =
        new Envelope(
            from,
            recipients,
            bodyType,
            smtpUtf8,
            returnContent,
            envelopeId,
            purpose,
            client,
            handedOverBy);
    Carried carried =
        new Carried(
            since,
            pending,
            held,
            expired,
            marks,
            attempts,
            nextAttempt == null ? since : nextAttempt);
    return new ExportedMessage(
        id,
        envelope,
        carried,
        size < 0 ? null : new ContentMark(size, sha256),
        incomplete,
        perhapsDelivered);
  }

  private static BadExportException missing(String field) {
    return new BadExportException(
        "field \"" + field + "\" is missing (restore the file, or add it: see docs/spool.md)");
  }

  private void field(String name) throws BadExportException {
    switch (name) {
      case "format" -> format = format();
      case "id" -> id = in.text(100);
      case "incomplete" -> incomplete = in.texts(MOST_NOTES);
      case "perhaps_delivered" -> perhapsDelivered = in.text(JsonFields.MOST_TEXT);
      case "arrival" -> arrival = time();
      case "next_attempt" -> nextAttempt = time();
      case "attempts" -> attempts = (int) in.number(1_000_000_000);
      case "held" -> held = in.flag();
      case "expired" -> expired = in.flag();
      case "marks" -> {
        marks = EnumSet.noneOf(Mark.class);
        for (String word : in.texts(MOST_NOTES)) {
          marks.add(in.oneOf(Mark.values(), Words::of, word));
        }
      }
      case "size" -> size = in.number(Long.MAX_VALUE);
      case "sha256" -> sha256 = sha256();
      case "body" -> bodyType = in.oneOf(BodyType.values(), Words::of, in.text(100));
      case "smtputf8" -> smtpUtf8 = in.flag();
      case "ret" ->
          returnContent = in.oneOf(Envelope.ReturnContent.values(), Words::of, in.text(100));
      case "envid" -> envelopeId = in.text(JsonFields.MOST_TEXT);
      case "purpose" -> purpose = in.oneOf(Envelope.Purpose.values(), Words::of, in.text(100));
      case "client" -> client = new ClientFields().read();
      case "handed_over_by" -> handedOverBy = in.text(Client.LONGEST);
      case "sender" -> sender = sender();
      case "recipients" -> {
        hasRecipients = true;
        in.objects(MOST_RECIPIENTS, () -> recipients.add(new RecipientFields().read()));
      }
      default -> throw in.unknown();
    }
  }

  private String format() throws BadExportException {
    String text = in.text(100);
    if (!text.equals(EnvelopeWriter.FORMAT)) {
      throw in.bad(
          "\""
              + text
              + "\" is not \""
              + EnvelopeWriter.FORMAT
              + "\" (use the version of Postrider that wrote it)");
    }
    return text;
  }

  private Instant time() throws BadExportException {
    String text = in.text(100);
    try {
      Instant time = Instant.parse(text);
      if (!time.isBefore(Instant.EPOCH) && time.isBefore(LATEST)) {
        return time;
      }
    } catch (java.time.format.DateTimeParseException _) {
      // As one that is out of range.
    }
    throw in.bad("\"" + text + "\" is no time from 1970 to 2199 like 2026-11-20T12:00:00.123456Z");
  }

  private String sha256() throws BadExportException {
    String text = in.text(100);
    if (!text.matches("[0-9a-f]{64}")) {
      throw in.bad("is not 64 hexadecimal digits in lower case (sha256sum prints them)");
    }
    return text;
  }

  private ReversePath sender() throws BadExportException {
    String text = in.text(JsonFields.MOST_TEXT);
    return text.isEmpty() ? new ReversePath.Null() : ReversePath.of(mailbox(text));
  }

  private Mailbox mailbox(String text) throws BadExportException {
    Mailbox mailbox = AddressText.parse(text);
    if (mailbox == null) {
      throw in.bad("\"" + text + "\" is no address: write user@domain or \"quoted user\"@domain");
    }
    return mailbox;
  }

  /** The client in the making. */
  private final class ClientFields {
    private String name = "";
    private String address = "";
    private int port;
    private String helo = "";
    private String protocol = "";
    private String saslMethod = "";
    private String saslUsername = "";
    private String saslSender = "";

    Client read() throws BadExportException {
      in.nested(this::field);
      return new Client(name, address, port, helo, protocol, saslMethod, saslUsername, saslSender);
    }

    private void field(String field) throws BadExportException {
      switch (field) {
        case "name" -> name = in.text(Client.LONGEST);
        case "address" -> address = in.text(Client.LONGEST);
        case "port" -> port = (int) in.number(65_535);
        case "helo" -> helo = in.text(Client.LONGEST);
        case "protocol" -> protocol = in.text(Client.LONGEST);
        case "sasl_method" -> saslMethod = in.text(Client.LONGEST);
        case "sasl_username" -> saslUsername = in.text(Client.LONGEST);
        case "sasl_sender" -> saslSender = in.text(Client.LONGEST);
        default -> throw in.unknown();
      }
    }
  }

  /** One recipient in the making. */
  private final class RecipientFields {
    private @Nullable Mailbox address;
    private @Nullable Mailbox original;
    private boolean done;
    private String reason = "";
    private Set<DsnRequest.Event> events = Set.of();
    private @Nullable String originalRecipient;

    Recipient read() throws BadExportException {
      in.object(this::field);
      Mailbox to = address;
      if (to == null) {
        throw in.bad("a recipient without \"address\" (add it, or delete the recipient)");
      }
      if (!done) {
        pending.add(new StoredMessage.Pending(recipients.size(), reason));
      }
      DsnRequest dsn =
          events.isEmpty() && originalRecipient == null
              ? DsnRequest.DEFAULT
              : new DsnRequest(events, originalRecipient);
      return new Recipient(to, original == null ? to : original, dsn);
    }

    private void field(String name) throws BadExportException {
      switch (name) {
        case "address" -> address = mailbox(in.text(JsonFields.MOST_TEXT));
        case "original" -> original = mailbox(in.text(JsonFields.MOST_TEXT));
        case "done" -> done = in.flag();
        case "reason" -> reason = in.text(JsonFields.MOST_TEXT);
        case "notify" -> {
          events = EnumSet.noneOf(DsnRequest.Event.class);
          for (String word : in.texts(MOST_NOTES)) {
            events.add(in.oneOf(DsnRequest.Event.values(), Words::of, word));
          }
          if (events.contains(DsnRequest.Event.NEVER) && events.size() > 1) {
            throw in.bad("\"never\" stands alone");
          }
        }
        case "orcpt" -> originalRecipient = in.text(JsonFields.MOST_TEXT);
        default -> throw in.unknown();
      }
    }
  }
}
