package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.log.RememberedLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SystemTimerTest {
  private static final Instant NOW = Instant.parse("2026-11-20T09:00:00Z");

  private final RememberedLog log = new RememberedLog();

  @Test
  void aLaterCallDoesNotTakeThePlaceOfAnEarlierOne() throws InterruptedException {
    SystemTimer timer = new SystemTimer(InstantSource.fixed(NOW), log);
    CountDownLatch called = new CountDownLatch(1);

    timer.wakeAt(NOW);
    timer.wakeAt(NOW.plus(Duration.ofHours(1)));
    timer.start(called::countDown);

    assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();
    timer.stop();
  }

  @Test
  void aCallThatDiesIsRepeated() throws InterruptedException {
    SystemTimer timer = new SystemTimer(InstantSource.fixed(NOW), log);
    CountDownLatch called = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    timer.start(() -> {
      if (calls.incrementAndGet() == 1) {
        throw new OutOfMemoryError("for the test");
      }
      called.countDown();
    });

    timer.wakeAt(NOW);

    assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();
    timer.stop();
    assertThat(calls).hasValue(2);
    assertThat(log.text().getFirst())
        .startsWith("qmgr: error: unexpected: the timer; it is begun again in 1 s: ");
  }

  @Test
  void theEndDoesNotWaitForThePauseAfterADeath() throws InterruptedException {
    SystemTimer timer = new SystemTimer(InstantSource.fixed(NOW), log);
    timer.start(() -> {
      throw new IllegalStateException("a bug");
    });
    timer.wakeAt(NOW);
    log.await("begun again in 2 s");
    long begun = System.nanoTime();

    timer.stop();

    assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(20).toNanos());
  }
}
