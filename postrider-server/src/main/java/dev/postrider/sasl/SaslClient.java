package dev.postrider.sasl;

/**
 * The client's half of one SASL exchange (RFC 4422): answers challenges, decides at the end whether
 * the server is who it must be. For one thread, for one exchange.
 */
public sealed interface SaslClient permits Plain, Login, CramMd5, Scram, Bearer {
  /** The registered name. */
  String mechanism();

  /** What goes with the AUTH command, or empty if the server speaks first. */
  byte[] initialResponse();

  /**
   * Answers one challenge.
   *
   * @throws SaslException if the server breaks the protocol or cannot prove that it knows the
   *     password
   */
  byte[] respond(byte[] challenge) throws SaslException;

  /** What the server said in a challenge that was its way to refuse; empty if it did not. */
  default String refusal() {
    return "";
  }

  /** Whether the server has proved all that the mechanism has it prove. */
  boolean isComplete();
}
