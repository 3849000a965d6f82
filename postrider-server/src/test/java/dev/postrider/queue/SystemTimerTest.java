package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemTimerTest {
  private static final Instant NOW = Instant.parse("2026-11-20T09:00:00Z");

  @Test
  void aLaterCallDoesNotTakeThePlaceOfAnEarlierOne() throws InterruptedException {
    SystemTimer timer = new SystemTimer(InstantSource.fixed(NOW));
    CountDownLatch called = new CountDownLatch(1);

    timer.wakeAt(NOW);
    timer.wakeAt(NOW.plus(Duration.ofHours(1)));
    timer.start(called::countDown);

    assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();
    timer.stop();
  }
}
