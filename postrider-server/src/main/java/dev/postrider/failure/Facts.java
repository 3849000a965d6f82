package dev.postrider.failure;

/**
 * What a rule's words may name. Immutable; empty texts are not known.
 *
 * @param sender of the envelope
 * @param recipient of the envelope
 * @param login the user of the account
 * @param size of the message in bytes; below 0 if not known
 */
public record Facts(String sender, String recipient, String login, long size) {
  /** Of a message as the queue has it. */
  public static Facts of(String sender, String recipient, long size) {
    return new Facts(sender, recipient, "", size);
  }

  /** Nothing is known. */
  public static Facts none() {
    return new Facts("", "", "", -1);
  }
}
