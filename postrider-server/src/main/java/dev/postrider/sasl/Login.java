package dev.postrider.sasl;

import java.nio.charset.StandardCharsets;

/** LOGIN (never standardised): user, then password, by order and not by the words of the prompt. */
final class Login implements SaslClient {
  private final Credentials credentials;
  private int answered;

  Login(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public String mechanism() {
    return "LOGIN";
  }

  @Override
  public byte[] initialResponse() {
    return new byte[0];
  }

  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    return switch (answered++) {
      case 0 -> credentials.user().getBytes(StandardCharsets.UTF_8);
      case 1 -> credentials.password().getBytes(StandardCharsets.UTF_8);
      default -> throw new SaslException("LOGIN: the server asks for more than user and password");
    };
  }

  @Override
  public boolean isComplete() {
    return true;
  }
}
