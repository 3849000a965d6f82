package dev.postrider.tls;

/** What a policy of MTA-STS (RFC 8461) has to do with a connection. */
public enum StsUse {
  /** Nothing. */
  NONE,
  /** It is told what the policy would have refused, and nothing is. */
  TRIAL,
  /** Its certificate must be from an authority of the web, for the server's name. */
  ENFORCED
}
