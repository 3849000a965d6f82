package dev.postrider.doctor;

import dev.postrider.event.EventLine;
import dev.postrider.event.EventReader;
import dev.postrider.failure.Actor;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was returned to its senders within a day, and why: it is in no queue any more. */
final class ReturnedMailCheck implements Check {
  private static final Duration DAY = Duration.ofDays(1);
  private static final int MOST = 5;
  private static final int MOST_KNOWN = 1000;

  private final Subject subject;
  private final InstantSource clock;
  private final FailureRules rules;

  /** What happened for one reason. */
  private static final class Cause {
    final String reply;
    final String to;
    long recipients;

    Cause(String reply, String to) {
      this.reply = reply;
      this.to = to;
    }
  }

  ReturnedMailCheck(Subject subject, InstantSource clock, FailureRules rules) {
    this.subject = subject;
    this.clock = clock;
    this.rules = rules;
  }

  @Override
  public Area area() {
    return Area.QUEUE;
  }

  @Override
  public String subject() {
    return "mail that was returned";
  }

  @Override
  public List<Finding> look() throws IOException {
    EventReader log = new EventReader(subject.queueDirectory());
    if (log.isEmpty()) {
      return List.of();
    }
    Instant from = clock.instant().minus(DAY);
    Map<String, Cause> causes = new LinkedHashMap<>();
    log.read(line -> take(line, from, causes), from);
    List<Finding> found = new ArrayList<>();
    for (Map.Entry<String, Cause> each : causes.entrySet()) {
      if (found.size() < MOST) {
        found.add(finding(each.getValue()));
      }
    }
    return found.isEmpty()
        ? List.of(Finding.ok("returned", "no mail was returned within a day"))
        : found;
  }

  private static void take(EventLine line, Instant from, Map<String, Cause> causes) {
    Instant time = line.time();
    if (time == null
        || time.isBefore(from)
        || !line.is("event", "attempt")
        || !line.is("status", "bounced")) {
      return;
    }
    String rule = line.word("rule");
    String reply = line.word("reply");
    String key = rule.isEmpty() ? reply.replaceAll("<[^>]*>", "<>") : rule;
    if (causes.size() < MOST_KNOWN || causes.containsKey(key)) {
      causes.computeIfAbsent(key, _ -> new Cause(reply, line.word("to"))).recipients++;
    }
  }

  private Finding finding(Cause cause) {
    String what =
        "mail to %d recipient%s was returned within a day, as to %s: %s"
            .formatted(cause.recipients, cause.recipients == 1 ? "" : "s", cause.to, cause.reply);
    return rules
        .explain(cause.reply, new Facts("", cause.to, "", -1))
        .map(advice ->
            new Finding("mail-returned", severity(advice), what, advice.what(), advice.remedy()))
        .orElseGet(() -> Finding.note("mail-returned", what, "its senders were told"));
  }

  /** What a sender or recipient did wrong is no fault of this machine. */
  private static Severity severity(Advice advice) {
    return advice.who() == Actor.ADMIN ? Severity.WARNING : Severity.NOTE;
  }
}
