package dev.postrider.smtp;

import dev.postrider.delivery.MessageContent;
import dev.postrider.failure.Stage;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.message.MimeDowngrade;
import dev.postrider.mail.message.OctetScan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The content as one server can take it (RFC 6152 §3). */
sealed interface Body {
  /** Of what is converted on the way. */
  long UNKNOWN_SIZE = -1;

  /**
   * Fit to send.
   *
   * @param type what it is now
   * @param size octets, as MAIL announces them, or {@link #UNKNOWN_SIZE}
   */
  record Ready(Source source, BodyType type, long size) implements Body {}

  /** Not fit for this server. */
  record Impossible(Failure failure) implements Body {}

  /** Writes content, LF line ends, from the beginning. */
  @FunctionalInterface
  interface Source {
    void writeTo(OutputStream out) throws IOException;
  }

  static Body prepared(Outgoing message, ClientSession session) throws IOException {
    ContentChecks checks = session.context().checks();
    String queueId = message.queueId();
    MessageContent content = message.content();
    Source asIs =
        out -> {
          try (InputStream in = content.open()) {
            long _ = in.transferTo(out);
          }
        };
    Source checked = checks.onTheWire(queueId, content, asIs);
    if (session.features().eightBitMime() || !isEightBit(content)) {
      return new Ready(
          checked,
          message.envelope().bodyType(),
          checked.equals(asIs) ? content.size() : UNKNOWN_SIZE);
    }
    MimeDowngrade.Plan plan;
    try (InputStream in = content.open()) {
      plan = MimeDowngrade.plan(in);
    }
    return switch (plan) {
      case MimeDowngrade.Plan.NotNeeded _ ->
          new Ready(
              checked, BodyType.SEVEN_BIT, checked.equals(asIs) ? content.size() : UNKNOWN_SIZE);
      case MimeDowngrade.Plan.Convertible convertible ->
          session.context().settings().downgradesMime
              ? new Ready(
                  checks.onTheWire(
                      queueId,
                      out -> {
                        try (InputStream in = content.open()) {
                          MimeDowngrade.convert(in, convertible, out);
                        }
                      }),
                  BodyType.SEVEN_BIT,
                  UNKNOWN_SIZE)
              : impossible(session, "disable_mime_output_conversion is set");
      case MimeDowngrade.Plan.Impossible(var reason) -> impossible(session, reason);
    };
  }

  private static Body impossible(ClientSession session, String reason) {
    return new Impossible(
        Failure.of(
            Stage.FEATURE,
            "5.6.3",
            "8BITMIME is required, but was not offered by host "
                + session.target().label()
                + ", and the message cannot be converted: "
                + reason));
  }

  /** What the octets are counts, not what somebody declared. */
  private static boolean isEightBit(MessageContent content) throws IOException {
    byte[] buffer = new byte[8192];
    try (InputStream in = content.open()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (OctetScan.hasEightBit(buffer, 0, count)) {
          return true;
        }
      }
    }
    return false;
  }
}
