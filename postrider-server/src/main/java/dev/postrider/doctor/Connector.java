package dev.postrider.doctor;

import java.net.InetSocketAddress;
import java.time.Duration;

/** Tries whether somebody listens at an address. Safe on any thread. */
@FunctionalInterface
public interface Connector {
  /** What came of it. */
  sealed interface Contact {
    /**
     * Somebody listens.
     *
     * @param greeting the first line that was said, empty if none was within the time
     */
    record Open(String greeting) implements Contact {}

    /** The other side refuses connections there. */
    record Refused() implements Contact {}

    /** Nothing came back. */
    record Silent() implements Contact {}

    /** There is no way, for this reason. */
    record Failed(String reason) implements Contact {}
  }

  /**
   * Connects, reads one line, and closes. Says nothing.
   *
   * @param limit for the connection, and once more for the line
   */
  Contact connect(InetSocketAddress address, Duration limit) throws InterruptedException;
}
