package dev.postrider.smtp;

/**
 * What of the way to a server the DNS vouches for (RFC 7672 §2.1). Immutable.
 *
 * @param mx how it was named
 * @param mxOwner the domain whose MX record that was, after aliases; empty without one
 * @param address whether its address is signed, aliases and all
 * @param canonical its name after aliases; empty if there are none
 */
record Vouched(Mx mx, String mxOwner, boolean address, String canonical) {
  /** For a server whose name and address did not come from the DNS. */
  static final Vouched NOT = new Vouched(Mx.NONE, "", false, "");

  /** How a server was named. */
  enum Mx {
    /** Not by an MX record: it is the destination itself. */
    NONE,
    /** By one without a signature. */
    UNSIGNED,
    /** By one with a signature. */
    SIGNED
  }
}
