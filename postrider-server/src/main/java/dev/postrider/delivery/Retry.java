package dev.postrider.delivery;

import java.time.Duration;

/** When deferred mail is tried again. */
public sealed interface Retry {
  /** As its age says. */
  record Usual() implements Retry {}

  /** Not before a time of its own is over. */
  record After(Duration pace) implements Retry {}

  /**
   * When the account it goes by works again, which whoever looks after accounts says. It was not
   * tried, so this tells nothing of the destination, and it does not grow too old meanwhile.
   *
   * @param pace until it is tried even so
   */
  record Parked(Duration pace) implements Retry {}

  /** When somebody has mended the configuration: it is put on hold. */
  record OnHold() implements Retry {}

  /** As its age says, and the destination gets less at once. */
  record Slower() implements Retry {}
}
