package dev.postrider.doctor;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Whether mail waits in the queue for long, and why. */
final class QueueCheck implements Check {
  private static final int MOST = 3;
  private static final Duration LONG = Duration.ofHours(1);

  /** How reasons begin that no time mends. */
  private static final List<String> WANT_SOMEBODY =
      List.of(
          "SASL authentication failed",
          "Server certificate not verified",
          "TLS is required, but was not offered");

  private final Subject subject;
  private final QueueSource queue;
  private final InstantSource clock;

  QueueCheck(Subject subject, QueueSource queue, InstantSource clock) {
    this.subject = subject;
    this.queue = queue;
    this.clock = clock;
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
    }
    if (stuck.deferred() > 0) {
      found.addAll(deferred(stuck));
    }
    return found.isEmpty()
        ? List.of(Finding.ok("queue", stuck.messages() + " messages in the queue, none deferred"))
        : found;
  }

  private static Severity severity(String reason, boolean old, boolean last) {
    if (last) {
      return Severity.ERROR;
    }
    return old || WANT_SOMEBODY.stream().anyMatch(reason::startsWith)
        ? Severity.WARNING
        : Severity.NOTE;
  }

  private List<Finding> deferred(StuckMail stuck) {
    Instant now = clock.instant();
    Duration age = Duration.between(stuck.oldest(), now);
    Duration lifetime = subject.config().time("maximal_queue_lifetime");
    boolean old = age.compareTo(LONG) >= 0;
    boolean last = age.compareTo(lifetime.multipliedBy(4).dividedBy(5)) >= 0;
    List<Finding> found = new ArrayList<>();
    for (StuckMail.Group group : stuck.oldestFirst(MOST)) {
      found.add(
          new Finding(
              "mail-deferred",
              severity(group.reason(), old, last),
              "%d recipient%s at %s%s wait%s, the oldest for %s: %s"
                  .formatted(
                      group.recipients(),
                      group.recipients() == 1 ? "" : "s",
                      String.join(", ", group.domains()),
                      group.moreDomains() ? " and others" : "",
                      group.recipients() == 1 ? "s" : "",
                      Ages.print(Duration.between(group.since(), now)),
                      group.reason()),
              last
                  ? "mail goes back to its senders when it is "
                      + Ages.print(lifetime)
                      + " old (maximal_queue_lifetime)"
                  : "it is tried again by itself",
              "when the cause is gone: " + subject.command("postqueue", "-f")));
    }
    return found;
  }
}
