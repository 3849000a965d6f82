package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WriteLimitTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  @Test
  void aWriteThatHangsHasItsConnectionClosedOnce() throws InterruptedException {
    AtomicInteger closed = new AtomicInteger();
    CountDownLatch first = new CountDownLatch(1);
    try (WriteLimit limit =
        new WriteLimit(
            SHORT,
            () -> {
              closed.incrementAndGet();
              first.countDown();
            })) {
      assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
      awaitAnotherLook();
      assertThat(limit.over()).isTrue();
      assertThat(closed).hasValue(1);
    }
  }

  @Test
  void aWriteThatEndedIsLeftAlone() throws InterruptedException {
    AtomicInteger closed = new AtomicInteger();
    WriteLimit limit = new WriteLimit(SHORT, closed::incrementAndGet);
    limit.close();

    awaitAnotherLook();

    // It may have been looked at between the two lines above, but not any more.
    int early = closed.get();
    awaitAnotherLook();
    assertThat(closed).hasValue(early);
  }

  @Test
  void thereMayBeNoLimit() throws InterruptedException {
    try (WriteLimit none = WriteLimit.none()) {
      awaitAnotherLook();
      assertThat(none.over()).isFalse();
    }
  }

  @Test
  void aLimitAfterALongRestWorksAsTheFirstDid() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      awaitAnotherLook();
    }
  }

  /** Another write that hangs is noticed no earlier than all that hung before. */
  private static void awaitAnotherLook() throws InterruptedException {
    CountDownLatch looked = new CountDownLatch(1);
    try (WriteLimit _ = new WriteLimit(SHORT, looked::countDown)) {
      assertThat(looked.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
