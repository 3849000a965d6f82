package dev.postrider.sasl;

import java.nio.charset.StandardCharsets;

/**
 * OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's and Microsoft's older form): the token itself, so
 * only under TLS. A server that refuses it says why in a challenge, which must be answered before
 * it says no.
 */
final class Bearer implements SaslClient {
  static final String STANDARD = "OAUTHBEARER";
  static final String OLDER = "XOAUTH2";

  private static final int MOST_REFUSAL = 500;
  private static final char SEPARATOR = 1;

  private final String mechanism;
  private final Credentials credentials;
  private final MechanismChoice.Server server;
  private boolean asked;
  private String refusal = "";

  /**
   * @param mechanism one of the two
   * @param server which the standard form names
   */
  Bearer(String mechanism, Credentials credentials, MechanismChoice.Server server) {
    this.mechanism = mechanism;
    this.credentials = credentials;
    this.server = server;
  }

  @Override
  public String mechanism() {
    return mechanism;
  }

  @Override
  public byte[] initialResponse() {
    String proof = "auth=Bearer " + credentials.password() + SEPARATOR + SEPARATOR;
    String message =
        mechanism.equals(OLDER)
            ? "user=" + credentials.user() + SEPARATOR + proof
            : "n,a="
                + credentials.user().replace("=", "=3D").replace(",", "=2C")
                + ","
                + SEPARATOR
                + "host="
                + server.host()
                + SEPARATOR
                + "port="
                + server.port()
                + SEPARATOR
                + proof;
    return message.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    if (challenge.length == 0 && !asked) {
      // It wants the response in a line of its own.
      asked = true;
      return initialResponse();
    }
    if (!refusal.isEmpty()) {
      throw new SaslException(mechanism + ": the server does not come to an end");
    }
    refusal = printable(new String(challenge, StandardCharsets.UTF_8));
    // RFC 7628 \u00a73.2.3 has an octet 1; the older form has nothing at all.
    return mechanism.equals(OLDER) ? new byte[0] : new byte[] {SEPARATOR};
  }

  private String printable(String text) {
    String safe = text.replace(credentials.password(), "********");
    StringBuilder line = new StringBuilder();
    safe.chars()
        .limit(MOST_REFUSAL)
        .forEach(c -> line.append(Character.isISOControl(c) ? ' ' : (char) c));
    return line.isEmpty() ? "(nothing)" : line.toString();
  }

  @Override
  public String refusal() {
    return refusal;
  }

  @Override
  public boolean isComplete() {
    return true;
  }
}
