package dev.postrider.mail.envelope;

/** What the sender declared of the body (RFC 6152, RFC 3030). */
public enum BodyType {
  /** Nothing declared: treated as octets of unknown width. */
  UNDECLARED,
  SEVEN_BIT,
  EIGHT_BIT_MIME
}
