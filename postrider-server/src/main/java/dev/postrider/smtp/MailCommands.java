package dev.postrider.smtp;

import dev.postrider.mail.dsn.Utf8Address;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope.ReturnContent;
import dev.postrider.mail.envelope.Recipient;
import java.nio.charset.StandardCharsets;

/** Spells MAIL and RCPT with the parameters that the server has announced. */
final class MailCommands {
  private final Features features;
  private final boolean dummyAuth;
  private final String origin;

  MailCommands(Features features, ClientSettings settings) {
    this.features = features;
    this.dummyAuth = settings.sendDummyAuth;
    this.origin = settings.origin;
  }

  /**
   * @param size to announce, or {@link Body#UNKNOWN_SIZE}
   * @param body what the content is, as it is sent
   * @param requireTls whether the server is to pass it on over TLS only
   */
  void putMail(Wire wire, Outgoing message, long size, BodyType body, boolean requireTls) {
    wire.put("MAIL FROM:<").put(message.senderPath()).put(">");
    if (features.size() && size != Body.UNKNOWN_SIZE) {
      wire.put(" SIZE=").put(Long.toString(size));
    }
    if (features.eightBitMime()) {
      switch (body) {
        case EIGHT_BIT_MIME -> wire.put(" BODY=8BITMIME");
        case SEVEN_BIT -> wire.put(" BODY=7BIT");
        case UNDECLARED -> {}
      }
    }
    if (features.dsn()) {
      String id = message.envelope().envelopeId();
      if (id != null && !id.isEmpty()) {
        wire.put(" ENVID=").put(xtext(id));
      }
      putReturn(wire, message.envelope().returnContent());
    }
    if (features.smtpUtf8() && message.needsSmtpUtf8()) {
      wire.put(" SMTPUTF8");
    }
    if (requireTls) {
      wire.put(" REQUIRETLS");
    }
    if (dummyAuth && features.auth()) {
      wire.put(" AUTH=<>");
    }
    wire.endLine();
  }

  private static void putReturn(Wire wire, ReturnContent content) {
    switch (content) {
      case FULL -> wire.put(" RET=FULL");
      case HEADERS -> wire.put(" RET=HDRS");
      case UNSPECIFIED -> {}
    }
  }

  /**
   * One RCPT. To a server that reports (RFC 3461) goes the original recipient, as the sender gave
   * it or, as Postfix does, as it was before aliases.
   */
  void putRcpt(Wire wire, String path, Recipient recipient) {
    wire.put("RCPT TO:<").put(path).put(">");
    if (features.dsn()) {
      wire.put(" ORCPT=").put(original(recipient));
      putNotify(wire, recipient.dsn());
    }
    wire.endLine();
  }

  /** Of type utf-8 in the form of RFC 6533 §3 that a server without SMTPUTF8 takes too. */
  private String original(Recipient recipient) {
    String given = recipient.dsn().originalRecipient();
    int semicolon = given == null ? -1 : given.indexOf(';');
    if (given != null && semicolon > 0) {
      String address = given.substring(semicolon + 1);
      return given.substring(0, semicolon + 1)
          + (Utf8Address.isType(given) ? Utf8Address.encode(address) : xtext(address));
    }
    String address = recipient.original().qualified(origin).external();
    return recipient.original().needsSmtpUtf8()
        ? "utf-8;" + Utf8Address.encode(address)
        : "rfc822;" + xtext(address);
  }

  private static void putNotify(Wire wire, DsnRequest dsn) {
    String separator = " NOTIFY=";
    for (DsnRequest.Event event : DsnRequest.Event.values()) {
      if (dsn.events().contains(event)) {
        wire.put(separator).put(event.name());
        separator = ",";
      }
    }
  }

  /** RFC 3461 §4: everything but printable ASCII, and {@code +} and {@code =}, in hexadecimal. */
  static String xtext(String text) {
    return xtext(text, "+=");
  }

  /**
   * The same.
   *
   * @param special printable characters that become hexadecimal too
   */
  static String xtext(String text, String special) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (octet > ' ' && octet < 0x7f && special.indexOf(octet) < 0) {
        out.append((char) octet);
      } else {
        out.append('+')
            .append(Character.toUpperCase(Character.forDigit((octet >> 4) & 15, 16)))
            .append(Character.toUpperCase(Character.forDigit(octet & 15, 16)));
      }
    }
    return out.toString();
  }
}
