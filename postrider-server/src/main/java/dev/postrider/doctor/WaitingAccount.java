package dev.postrider.doctor;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * An account at a provider that mail waits for. Immutable.
 *
 * @param name login and server
 * @param state a predicate: {@code rests}, {@code is held}, {@code has a limit}
 * @param messages that wait
 * @param recipients theirs who wait
 * @param gone when all will have gone, as far as that can be said
 */
public record WaitingAccount(
    String name, String state, long messages, long recipients, Optional<Instant> gone) {
  /** For people. */
  public String sentence(DateTimeFormatter times) {
    return name
        + " "
        + state
        + ": "
        + messages
        + (messages == 1 ? " message to " : " messages to ")
        + recipients
        + (recipients == 1 ? " recipient waits" : " recipients wait")
        + gone.map(at -> ", all gone at about " + times.format(at)).orElse("");
  }
}
