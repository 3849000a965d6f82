package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Somebody sets the clock while mail waits, and while nobody looks after it. */
class QueueClockTest {
  private static final Duration YEAR = Duration.ofDays(365);

  private static TestQueue waiting() {
    TestQueue queue = TestQueue.of();
    defers(queue);
    queue.submit("sender@example.test", "you@dest.test");
    return queue;
  }

  private static void defers(TestQueue queue) {
    queue.smtp.behave(FakeTransport::putOff);
  }

  private static long attempts(TestQueue queue) {
    return queue.log.text().stream()
        .filter(line -> line.contains(": from=<sender@example.test>, size="))
        .count();
  }

  private static long bounced(TestQueue queue) {
    return queue.log.text().stream().filter(line -> line.contains("status=expired")).count();
  }

  @Test
  void aYearForwardReturnsNoMailAndKeepsTheRhythm() {
    TestQueue queue = waiting();
    queue.pass(Duration.ofHours(2));
    long before = attempts(queue);

    queue.setClock(YEAR);
    queue.pass(Duration.ofDays(4));

    assertThat(bounced(queue)).isZero();
    assertThat(attempts(queue) - before).isBetween(60L, 100L);
    assertThat(queue.log.text())
        .containsOnlyOnce(
            "qmgr: warning: the clock was set forward by 31536000 s: mail in the queue grows old and"
                + " is tried again by the time that really passes");

    queue.pass(Duration.ofDays(1));
    assertThat(bounced(queue)).as("five days have really passed").isEqualTo(1);
  }

  @Test
  void aDayBackDoesNotKeepMailWaitingForADay() {
    TestQueue queue = waiting();
    queue.pass(Duration.ofHours(2));
    long before = attempts(queue);

    queue.setClock(Duration.ofDays(-1));
    queue.pass(Duration.ofHours(4));

    assertThat(attempts(queue)).isGreaterThan(before + 2);
    assertThat(bounced(queue)).isZero();
  }

  @Test
  void newMailAfterAStepLivesAsLongAsAnyOther() {
    TestQueue queue = waiting();
    queue.setClock(YEAR);
    queue.submit("sender@example.test", "another@dest.test");

    queue.pass(Duration.ofDays(4));
    assertThat(bounced(queue)).isZero();

    queue.pass(Duration.ofDays(2));
    assertThat(bounced(queue)).isEqualTo(2);
  }

  @Test
  void afterAStartInAnotherYearMailIsTriedOnceMoreBeforeItIsReturned() throws Exception {
    TestQueue queue = waiting();
    queue.pass(Duration.ofHours(2));
    queue.setClock(YEAR);

    TestQueue next = queue.restartedWithoutLuck();
    next.pass(Duration.ofMinutes(1));
    assertThat(attempts(next)).isEqualTo(1);
    assertThat(bounced(next)).isZero();
    assertThat(next.log.text()).anyMatch(line -> line.contains("nobody tried it for 87"));

    next.pass(Duration.ofHours(2));
    assertThat(attempts(next)).isEqualTo(2);
    assertThat(bounced(next)).isEqualTo(1);
  }

  @Test
  void afterAStartWithAClockThatWasSetBackMailIsTriedAtOnce() throws Exception {
    TestQueue queue = waiting();
    queue.setClock(YEAR);
    queue.pass(Duration.ofHours(2));
    queue.setClock(YEAR.negated());

    TestQueue next = queue.restartedWithoutLuck();
    next.pass(Duration.ofMinutes(1));

    assertThat(attempts(next)).isEqualTo(1);
    next.pass(Duration.ofHours(3));
    assertThat(attempts(next)).isGreaterThan(2);
    assertThat(bounced(next)).isZero();
  }
}
