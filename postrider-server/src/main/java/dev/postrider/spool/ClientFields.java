package dev.postrider.spool;

import dev.postrider.mail.envelope.Client;

/**
 * The client of a message, as fields of its own inside the MESSAGE: one that is empty is not
 * written, one that a reader does not know is skipped. Stateless.
 */
final class ClientFields {
  private static final int NAME = 1;
  private static final int ADDRESS = 2;
  private static final int PORT = 3;
  private static final int HELO = 4;
  private static final int PROTOCOL = 5;
  private static final int SASL_METHOD = 6;
  private static final int SASL_USERNAME = 7;
  private static final int SASL_SENDER = 8;

  private ClientFields() {}

  static void write(Client client, FieldWriter out) {
    text(out, NAME, client.name());
    text(out, ADDRESS, client.address());
    if (client.port() > 0) {
      out.number(PORT, client.port());
    }
    text(out, HELO, client.helo());
    text(out, PROTOCOL, client.protocol());
    text(out, SASL_METHOD, client.saslMethod());
    text(out, SASL_USERNAME, client.saslUsername());
    text(out, SASL_SENDER, client.saslSender());
  }

  private static void text(FieldWriter out, int tag, String text) {
    if (!text.isEmpty()) {
      out.text(tag, text);
    }
  }

  static Client read(FieldReader in) throws BadRecordException {
    String name = "";
    String address = "";
    long port = 0;
    String helo = "";
    String protocol = "";
    String saslMethod = "";
    String saslUsername = "";
    String saslSender = "";
    for (int tag = in.next(); tag >= 0; tag = in.next()) {
      switch (tag) {
        case NAME -> name = in.text();
        case ADDRESS -> address = in.text();
        case PORT -> port = in.number();
        case HELO -> helo = in.text();
        case PROTOCOL -> protocol = in.text();
        case SASL_METHOD -> saslMethod = in.text();
        case SASL_USERNAME -> saslUsername = in.text();
        case SASL_SENDER -> saslSender = in.text();
        default -> {
          // A field of a later version.
        }
      }
    }
    return new Client(
        name,
        address,
        Math.clamp(port, -1, 65_536),
        helo,
        protocol,
        saslMethod,
        saslUsername,
        saslSender);
  }
}
