package dev.postrider.sasl;

import java.nio.charset.StandardCharsets;

/** PLAIN (RFC 4616): the password itself, so only under TLS. */
final class Plain implements SaslClient {
  private final Credentials credentials;

  Plain(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public String mechanism() {
    return "PLAIN";
  }

  @Override
  public byte[] initialResponse() {
    return ("\0" + credentials.user() + "\0" + credentials.password())
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] respond(byte[] challenge) {
    // A server that ignores the initial response asks for it with an empty challenge.
    return initialResponse();
  }

  @Override
  public boolean isComplete() {
    return true;
  }
}
