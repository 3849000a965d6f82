package dev.postrider.mail.dsn;

/** What became of a recipient (RFC 3464 §2.3.3). */
public enum Action {
  FAILED,
  DELAYED,
  DELIVERED,
  RELAYED,
  EXPANDED,

  /** Not of the standard: a probe found that it would be delivered. */
  DELIVERABLE,

  /** Not of the standard: a probe found that it could not be delivered now. */
  UNDELIVERABLE
}
