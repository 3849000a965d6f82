package dev.postrider.spool;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The meta part of a MESSAGE record.
 *
 * @param arrivalMicros when it was stored
 * @param envelope all of it
 * @param body set if the content is in a file of its own
 * @param past how the message stood when it came from another queue; null for a new one
 */
record MessageFields(
    long arrivalMicros, Envelope envelope, @Nullable ExternalBody body, @Nullable Past past) {
  /** What a message had behind it when it was stored. */
  record Past(Progress.Standing standing, Progress progress) {}

  /** Content in a file of its own, {@code bodies/ID.body}. */
  record ExternalBody(long size, int crc) {}

  private static final int ARRIVAL = 1;
  private static final int SENDER = 2;
  private static final int BODY_TYPE = 3;
  private static final int SMTP_UTF8 = 4;
  private static final int RETURN_CONTENT = 5;
  private static final int ENVELOPE_ID = 6;
  private static final int RECIPIENT = 7;
  private static final int BODY_SIZE = 8;
  private static final int BODY_CRC = 9;
  private static final int PURPOSE = 10;
  private static final int PAST = 11;
  private static final int CLIENT = 12;
  private static final int HANDED_OVER_BY = 13;

  /** The greatest tag of a field of this version. */
  static final int GREATEST_TAG = HANDED_OVER_BY;

  private static final int ORIGINAL = 1;
  private static final int NOTIFY = 2;
  private static final int ORIGINAL_RECIPIENT = 3;

  byte[] encode() {
    FieldWriter out = new FieldWriter(160 + 48 * envelope.recipients().size());
    FieldWriter value = new FieldWriter(96);
    out.number(ARRIVAL, arrivalMicros);
    if (envelope.sender() instanceof ReversePath.Sender(Mailbox mailbox)) {
      address(value, mailbox);
      out.fields(SENDER, value);
    }
    if (envelope.bodyType() != BodyType.UNDECLARED) {
      out.number(BODY_TYPE, code(envelope.bodyType()));
    }
    if (envelope.smtpUtf8()) {
      out.number(SMTP_UTF8, 1);
    }
    if (envelope.returnContent() != Envelope.ReturnContent.UNSPECIFIED) {
      out.number(RETURN_CONTENT, code(envelope.returnContent()));
    }
    String envelopeId = envelope.envelopeId();
    if (envelopeId != null) {
      out.text(ENVELOPE_ID, envelopeId);
    }
    if (envelope.purpose() != Envelope.Purpose.DELIVERY) {
      out.number(PURPOSE, code(envelope.purpose()));
    }
    if (body != null) {
      out.number(BODY_SIZE, body.size());
      out.number(BODY_CRC, body.crc() & 0xFFFFFFFFL);
    }
    if (past != null) {
      out.bytes(PAST, Progress.encode(past.standing(), past.progress()));
    }
    if (!envelope.client().isNone()) {
      value.clear();
      ClientFields.write(envelope.client(), value);
      out.fields(CLIENT, value);
    }
    if (!envelope.handedOverBy().isEmpty()) {
      out.text(HANDED_OVER_BY, envelope.handedOverBy());
    }
    FieldWriter nested = new FieldWriter(96);
    for (Recipient recipient : envelope.recipients()) {
      value.clear();
      recipient(value, nested, recipient);
      out.fields(RECIPIENT, value);
    }
    return out.toBytes();
  }

  private static void recipient(FieldWriter out, FieldWriter nested, Recipient recipient) {
    address(out, recipient.mailbox());
    if (!recipient.original().equals(recipient.mailbox())) {
      nested.clear();
      address(nested, recipient.original());
      out.fields(ORIGINAL, nested);
    }
    if (!recipient.dsn().events().isEmpty()) {
      out.number(NOTIFY, bits(recipient.dsn().events()));
    }
    String originalRecipient = recipient.dsn().originalRecipient();
    if (originalRecipient != null) {
      out.text(ORIGINAL_RECIPIENT, originalRecipient);
    }
  }

  static MessageFields decode(byte[] meta) throws BadRecordException {
    long arrival = 0;
    ReversePath sender = new ReversePath.Null();
    BodyType bodyType = BodyType.UNDECLARED;
    boolean smtpUtf8 = false;
    Envelope.ReturnContent returnContent = Envelope.ReturnContent.UNSPECIFIED;
    String envelopeId = null;
    Envelope.Purpose purpose = Envelope.Purpose.DELIVERY;
    List<Recipient> recipients = new ArrayList<>();
    long bodySize = -1;
    int bodyCrc = 0;
    byte[] past = null;
    Client client = Client.NONE;
    String handedOverBy = "";
    FieldReader in = new FieldReader(meta);
    for (int tag = in.next(); tag >= 0; tag = in.next()) {
      switch (tag) {
        case ARRIVAL -> arrival = in.number();
        case SENDER -> sender = ReversePath.of(address(in));
        case BODY_TYPE -> bodyType = bodyType(in.number());
        case SMTP_UTF8 -> smtpUtf8 = in.number() != 0;
        case RETURN_CONTENT -> returnContent = returnContent(in.number());
        case ENVELOPE_ID -> envelopeId = in.text();
        case RECIPIENT -> recipients.add(recipient(in));
        case BODY_SIZE -> bodySize = in.number();
        case BODY_CRC -> bodyCrc = (int) in.number();
        case PURPOSE -> purpose = purpose(in.number());
        case PAST -> past = in.value();
        case CLIENT -> client = ClientFields.read(in.fields());
        case HANDED_OVER_BY -> handedOverBy = in.text();
        default -> {
          // A field of a later version: the message is still deliverable without it.
        }
      }
    }
    Envelope envelope =
        new Envelope(
            sender,
            recipients,
            bodyType,
            smtpUtf8,
            returnContent,
            envelopeId,
            purpose,
            client,
            handedOverBy);
    return new MessageFields(
        arrival,
        envelope,
        bodySize < 0 ? null : new ExternalBody(bodySize, bodyCrc),
        past == null ? null : past(past, recipients.size()));
  }

  private static Past past(byte[] state, int recipients) throws BadRecordException {
    return new Past(Progress.standing(state), Progress.decode(state, recipients));
  }

  /** How far it had come when it was stored. */
  Progress progress() {
    return past == null ? new Progress() : past.progress();
  }

  /** What the index needs of that; null for a new message. */
  @Nullable Beginning beginning() {
    return past == null ? null : new Beginning(past.progress().doneCount(), past.standing());
  }

  private static Recipient recipient(FieldReader in) throws BadRecordException {
    Mailbox mailbox = address(in);
    Mailbox original = mailbox;
    Set<DsnRequest.Event> events = Set.of();
    String originalRecipient = null;
    FieldReader options = in.fields();
    for (int tag = options.next(); tag >= 0; tag = options.next()) {
      switch (tag) {
        case ORIGINAL -> original = address(options);
        case NOTIFY -> events = events(options.number());
        case ORIGINAL_RECIPIENT -> originalRecipient = options.text();
        default -> {
          // A field of a later version.
        }
      }
    }
    return new Recipient(mailbox, original, dsn(events, originalRecipient));
  }

  private static DsnRequest dsn(Set<DsnRequest.Event> events, @Nullable String original)
      throws BadRecordException {
    if (events.isEmpty() && original == null) {
      return DsnRequest.DEFAULT;
    }
    try {
      return new DsnRequest(events, original);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(String.valueOf(e.getMessage()));
    }
  }

  private static void address(FieldWriter out, Mailbox mailbox) {
    out.rawText(mailbox.localPart());
    out.rawText(mailbox.domain());
  }

  private static Mailbox address(FieldReader in) throws BadRecordException {
    String localPart = in.rawText();
    String domain = in.rawText();
    try {
      return new Mailbox(localPart, domain);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(String.valueOf(e.getMessage()));
    }
  }

  private static int code(Envelope.Purpose purpose) {
    return switch (purpose) {
      case DELIVERY -> 0;
      case TRACED_DELIVERY -> 1;
      case PROBE -> 2;
    };
  }

  /** An unknown purpose is damage: a message that must not be delivered is not to be guessed at. */
  private static Envelope.Purpose purpose(long code) throws BadRecordException {
    return switch ((int) code) {
      case 0 -> Envelope.Purpose.DELIVERY;
      case 1 -> Envelope.Purpose.TRACED_DELIVERY;
      case 2 -> Envelope.Purpose.PROBE;
      default -> throw new BadRecordException("unknown purpose " + code);
    };
  }

  private static int code(BodyType type) {
    return switch (type) {
      case UNDECLARED -> 0;
      case SEVEN_BIT -> 1;
      case EIGHT_BIT_MIME -> 2;
    };
  }

  private static BodyType bodyType(long code) throws BadRecordException {
    for (BodyType type : BodyType.values()) {
      if (code(type) == code) {
        return type;
      }
    }
    throw new BadRecordException("unknown body type " + code);
  }

  private static int code(Envelope.ReturnContent wish) {
    return switch (wish) {
      case UNSPECIFIED -> 0;
      case FULL -> 1;
      case HEADERS -> 2;
    };
  }

  private static Envelope.ReturnContent returnContent(long code) throws BadRecordException {
    for (Envelope.ReturnContent wish : Envelope.ReturnContent.values()) {
      if (code(wish) == code) {
        return wish;
      }
    }
    throw new BadRecordException("unknown RET " + code);
  }

  private static int bit(DsnRequest.Event event) {
    return switch (event) {
      case NEVER -> 1;
      case SUCCESS -> 2;
      case FAILURE -> 4;
      case DELAY -> 8;
    };
  }

  private static int bits(Set<DsnRequest.Event> events) {
    int bits = 0;
    for (DsnRequest.Event event : events) {
      bits |= bit(event);
    }
    return bits;
  }

  private static Set<DsnRequest.Event> events(long bits) {
    EnumSet<DsnRequest.Event> events = EnumSet.noneOf(DsnRequest.Event.class);
    for (DsnRequest.Event event : DsnRequest.Event.values()) {
      if ((bits & bit(event)) != 0) {
        events.add(event);
      }
    }
    return events;
  }
}
