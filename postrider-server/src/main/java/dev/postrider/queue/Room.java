package dev.postrider.queue;

/**
 * How many messages may wait in memory. Immutable.
 *
 * @param flow of one sender for one destination
 * @param destination for one destination; senders of whom none waits yet may double it
 */
record Room(int flow, int destination) {
  /** Shares of the active set: twenty long lines, or two crowded destinations, leave room. */
  static Room in(int activeLimit) {
    return new Room(Math.max(1, activeLimit / 20), Math.max(1, activeLimit / 4));
  }
}
