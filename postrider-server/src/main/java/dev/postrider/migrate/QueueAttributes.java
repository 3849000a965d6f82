package dev.postrider.migrate;

import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.Envelope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The named attributes of a queue file, and what they say. For one file. */
final class QueueAttributes {
  static final String RETURN = "ret_flags";
  static final String ENVELOPE_ID = "envelope_id";
  static final String CREATE_TIME = "create_time";

  private static final int ADDRESS_PROBE = 1 << 8;
  private static final int USER_PROBE = 1 << 9;
  private static final int RECORD = 1 << 10;

  private final Map<String, String> values = new HashMap<>();

  void put(String name, String value) {
    values.put(name, value);
  }

  private String text(String name) {
    return values.getOrDefault(name, "");
  }

  /** ENVID, decoded; null if there is none. */
  @Nullable String envelopeId() {
    return values.get(ENVELOPE_ID);
  }

  /** Seconds since the epoch from which Postfix reckons the lifetime; empty if that is not said. */
  String created() {
    String created = text(CREATE_TIME);
    return created.matches("[0-9]{1,10}") ? created : "";
  }

  Envelope.Purpose purpose() {
    if ((traceFlags() & USER_PROBE) != 0) {
      return Envelope.Purpose.PROBE;
    }
    return (traceFlags() & RECORD) != 0
        ? Envelope.Purpose.TRACED_DELIVERY
        : Envelope.Purpose.DELIVERY;
  }

  /** Whether Postfix made the message, to find out about an address. */
  boolean isAddressProbe() {
    return (traceFlags() & ADDRESS_PROBE) != 0;
  }

  private int traceFlags() {
    return number(text("trace_flags"));
  }

  BodyType bodyType() {
    return switch (text("encoding")) {
      case "8bit" -> BodyType.EIGHT_BIT_MIME;
      case "7bit" -> BodyType.SEVEN_BIT;
      default -> BodyType.UNDECLARED;
    };
  }

  Envelope.ReturnContent returnContent() {
    return switch (number(text(RETURN))) {
      case 1 -> Envelope.ReturnContent.FULL;
      case 2 -> Envelope.ReturnContent.HEADERS;
      default -> Envelope.ReturnContent.UNSPECIFIED;
    };
  }

  Client client() {
    String address = text("log_client_address");
    if (address.isEmpty()) {
      return Client.NONE;
    }
    return new Client(
        text("log_client_name"),
        address.startsWith("IPv6:") ? address.substring(5) : address,
        number(text("log_client_port")),
        text("log_helo_name"),
        text("log_protocol_name"),
        text("sasl_method"),
        text("sasl_username"),
        text("sasl_sender"));
  }

  /** A number of up to nine digits; 0 if it is none. */
  static int number(String text) {
    return text.strip().matches("[0-9]{1,9}") ? Integer.parseInt(text.strip()) : 0;
  }
}
