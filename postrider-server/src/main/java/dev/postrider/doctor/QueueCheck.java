package dev.postrider.doctor;

import dev.postrider.failure.Actor;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether mail waits in the queue for long, and why. */
final class QueueCheck implements Check {
  private static final int MOST = 3;
  private static final Duration LONG = Duration.ofHours(1);

  private final Subject subject;
  private final QueueSource queue;
  private final InstantSource clock;
  private final FailureRules rules;

  /**
   * @param rules say what reasons mean
   */
  QueueCheck(Subject subject, QueueSource queue, InstantSource clock, FailureRules rules) {
    this.subject = subject;
    this.queue = queue;
    this.clock = clock;
    this.rules = rules;
  }

  @Override
  public Area area() {
    return Area.QUEUE;
  }

  @Override
  public String subject() {
    return "the queue";
  }

  @Override
  public List<Finding> look() throws IOException {
    StuckMail stuck = new StuckMail();
    queue.read(stuck::add);
    List<Finding> found = new ArrayList<>();
    if (stuck.held() > 0) {
      found.add(
          Finding.note(
              "held-mail",
              stuck.held() + (stuck.held() == 1 ? " message is" : " messages are") + " on hold",
              "they wait until somebody releases them: " + subject.command("postsuper", "-H ALL")));
      for (StuckMail.Group group : stuck.heldOldestFirst(MOST)) {
        explain(group)
            .ifPresent(advice ->
                found.add(
                    Finding.warning(
                        "mail-held",
                        people(group) + " on hold: " + group.reason(),
                        advice.what(),
                        advice.remedy())));
      }
    }
    if (stuck.deferred() > 0) {
      found.addAll(deferred(stuck));
    }
    return found.isEmpty()
        ? List.of(Finding.ok("queue", stuck.messages() + " messages in the queue, none deferred"))
        : found;
  }

  private static Severity severity(Optional<Advice> advice, boolean old, boolean last) {
    if (last) {
      return Severity.ERROR;
    }
    return old || advice.map(Advice::who).filter(QueueCheck::isHere).isPresent()
        ? Severity.WARNING
        : Severity.NOTE;
  }

  /** Whether somebody who looks after this machine must act, and no time mends it. */
  private static boolean isHere(Actor who) {
    return who == Actor.YOU || who == Actor.ADMIN;
  }

  private Optional<Advice> explain(StuckMail.Group group) {
    return rules.explain(group.reason(), Facts.of(group.sender(), group.recipient(), group.size()));
  }

  private static String people(StuckMail.Group group) {
    return "%d recipient%s at %s%s"
        .formatted(
            group.recipients(),
            group.recipients() == 1 ? "" : "s",
            String.join(", ", group.domains()),
            group.moreDomains() ? " and others" : "");
  }

  private List<Finding> deferred(StuckMail stuck) {
    Instant now = clock.instant();
    Duration age = Duration.between(stuck.oldest(), now);
    Duration lifetime = subject.config().time("maximal_queue_lifetime");
    boolean old = age.compareTo(LONG) >= 0;
    boolean last = age.compareTo(lifetime.multipliedBy(4).dividedBy(5)) >= 0;
    String flush = subject.command("postqueue", "-f");
    List<Finding> found = new ArrayList<>();
    for (StuckMail.Group group : stuck.oldestFirst(MOST)) {
      Optional<Advice> advice = explain(group);
      String returned =
          last
              ? "mail goes back to its senders when it is "
                  + Ages.print(lifetime)
                  + " old (maximal_queue_lifetime)"
              : "it is tried again by itself";
      found.add(
          new Finding(
              "mail-deferred",
              severity(advice, old, last),
              "%s wait%s, the oldest for %s: %s"
                  .formatted(
                      people(group),
                      group.recipients() == 1 ? "s" : "",
                      Ages.print(Duration.between(group.since(), now)),
                      group.reason()),
              advice.map(known -> known.what() + " ").orElse("") + returned,
              advice
                  .map(known -> known.remedy() + " Then: " + flush)
                  .orElse("when the cause is gone: " + flush)));
    }
    return found;
  }
}
