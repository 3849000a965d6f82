package dev.postrider.smtp;

import dev.postrider.failure.Actor;
import dev.postrider.failure.Advice;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts what a failure means into the log when whoever looks after this machine can mend it: once a
 * minute for each rule and server, however much mail fails. Safe on any thread.
 */
final class Adviser {
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int MAX_ENTRIES = 100;

  private final ClientContext context;
  private final InstantSource clock;
  private final Map<String, Instant> given = new LinkedHashMap<>();

  Adviser(ClientContext context, InstantSource clock) {
    this.context = context;
    this.clock = clock;
  }

  void advise(String queueId, Diagnosis diagnosis) {
    Advice advice = diagnosis.advice();
    if (advice == null || diagnosis.parked() != null || !isOurs(diagnosis.failure(), advice)) {
      return;
    }
    String relay = diagnosis.attempt().relay();
    if (isNew(relay + " " + advice.rule())) {
      context.warning(
          queueId
              + ": "
              + (relay.equals("none") ? "" : relay + ": ")
              + advice.sentence()
              + " ["
              + advice.rule()
              + "]");
    }
  }

  /** What is wrong with one message or recipient is for its sender to read. */
  private static boolean isOurs(Failure failure, Advice advice) {
    if (advice.treatment().keeps() || advice.who() == Actor.ADMIN) {
      return true;
    }
    return advice.who() == Actor.YOU
        && switch (failure.stage()) {
          case CONNECT, GREETING, HELLO, TLS, LOGIN, LOCAL -> true;
          case LOOKUP, MAIL, RCPT, DATA, END_OF_DATA, FEATURE -> false;
        };
  }

  private synchronized boolean isNew(String key) {
    Instant now = clock.instant();
    Instant last = given.get(key);
    if (last != null && now.isBefore(last.plus(PAUSE))) {
      return false;
    }
    if (given.size() >= MAX_ENTRIES) {
      given.remove(given.keySet().iterator().next());
    }
    given.put(key, now);
    return true;
  }
}
