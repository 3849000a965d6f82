package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  @Test
  void deliveriesThatOutliveAReloadAreStillGuarded() throws InterruptedException {
    Watchdog watchdog = new Watchdog();
    watchdog.close();
    CountDownLatch bitten = new CountDownLatch(1);

    watchdog.after(1, bitten::countDown);

    assertThat(bitten.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatIsRepeatedEndsWithTheClose() throws InterruptedException {
    Watchdog watchdog = new Watchdog();
    CountDownLatch ran = new CountDownLatch(2);
    AtomicInteger runs = new AtomicInteger();
    watchdog.every(
        1,
        () -> {
          runs.incrementAndGet();
          ran.countDown();
        });
    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();

    watchdog.close();

    // The timer has one thread: when this has run, nothing runs that began before the close.
    CountDownLatch behind = new CountDownLatch(1);
    watchdog.after(1, behind::countDown);
    assertThat(behind.await(10, TimeUnit.SECONDS)).isTrue();
    int before = runs.get();
    CountDownLatch later = new CountDownLatch(1);
    watchdog.after(20, later::countDown);
    assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(runs.get()).isEqualTo(before);
  }
}
