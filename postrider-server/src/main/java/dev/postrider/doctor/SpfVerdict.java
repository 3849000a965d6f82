package dev.postrider.doctor;

/**
 * What a domain's SPF record says of an address (RFC 7208 §2.6). Immutable.
 *
 * @param kind what it comes to
 * @param reason the term that decided, or why nothing did
 */
record SpfVerdict(Kind kind, String reason) {
  /** What receivers act on. */
  enum Kind {
    PASS,
    FAIL,
    SOFTFAIL,
    NEUTRAL,
    /** There is no record. */
    NONE,
    /** The DNS did not answer. */
    TEMPORARY,
    /** The record has a fault. */
    BROKEN,
    /** It has macros, which depend on the sender of each message. */
    UNJUDGED
  }
}
