package dev.postrider.provider;

/** Which senders a provider takes from an account. */
public enum SenderRule {
  /** Every sender. */
  ANY,
  /** Every sender; it puts the account's address into From itself. */
  REWRITES,
  /** The envelope's sender must be an address of the account. */
  ENVELOPE,
  /** The envelope's sender and the address in From must be addresses of the account. */
  HEADER,
  /** Addresses or domains that were registered with it beforehand. */
  VERIFIED;

  /**
   * Whether mail of root and of daemons is refused, or falsified, unless its sender is rewritten.
   */
  public boolean wantsRewriting() {
    return this != ANY;
  }
}
