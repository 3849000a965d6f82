package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.log.RememberedLog;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HangUpTest {
  private final HangUp hangUp = new HangUp();
  private final RememberedLog log = new RememberedLog();

  @Test
  void oneThatComesDuringTheStartIsObeyedAfterIt() throws InterruptedException {
    CountDownLatch reloaded = new CountDownLatch(1);
    hangUp.come();
    hangUp.come();

    hangUp.obeyBy(reloaded::countDown, log);

    reloaded.await();
  }

  @Test
  void withoutOneNothingIsRead() {
    AtomicInteger reloads = new AtomicInteger();
    hangUp.obeyBy(reloads::incrementAndGet, log);
    assertThat(reloads).hasValue(0);
    hangUp.come();
    assertThat(reloads).hasValue(1);
    hangUp.come();
    assertThat(reloads).hasValue(2);
  }

  @Test
  void thoseThatComeDuringAReloadAreObeyedOnceMore() throws InterruptedException {
    AtomicInteger reloads = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    hangUp.obeyBy(
        () -> {
          reloads.incrementAndGet();
          begun.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        log);
    Thread first = Thread.ofVirtual().start(hangUp::come);
    begun.await();
    // Of these one waits for its turn, and the others leave it to that one.
    Thread[] more = new Thread[20];
    for (int i = 0; i < more.length; i++) {
      more[i] = Thread.ofVirtual().start(hangUp::come);
    }
    int left = 0;
    while (left < more.length - 1) {
      left = 0;
      for (Thread each : more) {
        left += each.isAlive() ? 0 : 1;
      }
      Thread.onSpinWait();
    }

    goOn.countDown();

    first.join();
    for (Thread each : more) {
      each.join();
    }
    assertThat(reloads).hasValue(2);
  }

  @Test
  void aReloadThatFailsByABugIsSaidAndTheNextOneTried() {
    AtomicInteger reloads = new AtomicInteger();
    hangUp.obeyBy(
        () -> {
          if (reloads.incrementAndGet() == 1) {
            throw new StackOverflowError("for the test");
          }
        },
        log);

    hangUp.come();
    hangUp.come();

    assertThat(reloads).hasValue(2);
    assertThat(log.text()).hasSize(1);
    assertThat(log.text().getFirst()).contains("unexpected: reload", "for the test");
  }
}
