package dev.postrider.sasl;

import java.io.IOException;

/** The server's side of the exchange is not what the mechanism prescribes. Holds no secret. */
public final class SaslException extends IOException {
  private static final long serialVersionUID = 1;

  public SaslException(String message) {
    super(message);
  }
}
