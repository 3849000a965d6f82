package dev.postrider.doctor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** Greets a mail server and leaves. Safe on any thread. */
@FunctionalInterface
public interface MailPort {
  /** What came of it. */
  sealed interface Answer {
    /**
     * A mail server answers.
     *
     * @param greeting its first line
     * @param seenAs the address that it, or this machine, says the connection comes from
     */
    record Open(String greeting, Optional<InetAddress> seenAs) implements Answer {}

    /**
     * None does.
     *
     * @param reason for people
     */
    record Closed(String reason) implements Answer {}
  }

  /**
   * Connects, reads the greeting, says EHLO and QUIT.
   *
   * @param name to greet by
   * @param limit for each step
   */
  Answer greet(InetSocketAddress server, String name, Duration limit);
}
