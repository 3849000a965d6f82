package dev.postrider.smtp;

import dev.postrider.mail.reply.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts a remedy into the log when a server refuses for a reason that people can mend: once a minute
 * for each remedy and server, however much mail is refused. Safe on any thread.
 */
final class Adviser {
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int MAX_ENTRIES = 100;

  private final ReplyAdvice advice;
  private final ClientContext context;
  private final InstantSource clock;
  private final Map<String, Instant> given = new LinkedHashMap<>();

  Adviser(ReplyAdvice advice, ClientContext context, InstantSource clock) {
    this.advice = advice;
    this.context = context;
    this.clock = clock;
  }

  void advise(String queueId, String relay, Failure failure) {
    Reply reply = failure.reply();
    if (reply == null) {
      return;
    }
    advice
        .remedy(reply)
        .filter(remedy -> isNew(relay + " " + remedy))
        .ifPresent(remedy -> context.warning(queueId + ": " + relay + ": " + remedy));
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
