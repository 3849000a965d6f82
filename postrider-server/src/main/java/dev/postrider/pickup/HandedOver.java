package dev.postrider.pickup;

/** What became of a message that sendmail handed over. */
public sealed interface HandedOver {
  /**
   * It survives a power cut and will be delivered.
   *
   * @param name of the maildrop file, or the queue id if the daemon took it by the socket
   */
  record Stored(String name) implements HandedOver {}

  /** Larger than message_size_limit; nothing of it is left. */
  record TooBig() implements HandedOver {}

  /** Not stored; nothing of it is left. The reason is for people. */
  record Failed(String reason) implements HandedOver {}
}
