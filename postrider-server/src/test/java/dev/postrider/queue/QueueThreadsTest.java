package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What runs at the same time. */
class QueueThreadsTest {
  private final TestQueue queue =
      TestQueue.threaded("smtp_destination_concurrency_limit=3", "default_process_limit=4");
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void end() throws InterruptedException {
    release.countDown();
    queue.manager.shutdown(Duration.ofSeconds(10));
  }

  @Test
  void aDestinationThatHangsDoesNotDelayAnother() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(3);
    queue.smtp.behave((request, sink) -> {
      if (request.nextHop().destination().equals("slow.test")) {
        hanging.countDown();
        release.await();
      }
      FakeTransport.accept(request, sink);
    });
    for (int i = 0; i < 20; i++) {
      queue.submit("me@example.test", "u" + i + "@slow.test");
    }
    assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();

    queue.submit("me@example.test", "you@fast.test");

    assertThat(queue.log.await("to=<you@fast.test>")).contains("status=sent");
    assertThat(queue.smtp.recipients()).filteredOn(each -> each.endsWith("slow.test")).hasSize(3);
  }

  @Test
  void hostsThatHangTogetherLeaveAProcessForOthers() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(3);
    queue.smtp.behave((request, sink) -> {
      if (!request.nextHop().destination().equals("fast.test")) {
        hanging.countDown();
        release.await();
      }
      FakeTransport.accept(request, sink);
    });
    for (int i = 0; i < 20; i++) {
      queue.submit("me@example.test", "u" + i + "@slow.test");
    }
    assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();

    for (int i = 0; i < 20; i++) {
      queue.submit("me@example.test", "u" + i + "@fast.test");
    }

    assertThat(queue.log.await("to=<u19@fast.test>")).contains("status=sent");
  }

  @Test
  void mailBeyondTheActiveSetIsDeliveredOnceEachByManyThreads() throws InterruptedException {
    TestQueue small = TestQueue.threaded("qmgr_message_active_limit=50", "relayhost=[relay.test]");
    CountDownLatch all = new CountDownLatch(3000);
    small.smtp.behave((request, sink) -> {
      Thread.yield();
      FakeTransport.accept(request, sink);
      all.countDown();
    });

    for (int i = 0; i < 3000; i++) {
      small.submit((i % 3 == 0 ? "news" : "x" + i) + "@example.test", "r" + i + "@one.test");
    }

    assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    small.manager.shutdown(Duration.ofSeconds(10));
    assertThat(small.spool.messages()).isEmpty();
    assertThat(small.smtp.requests()).hasSize(3000);
  }

  @Test
  void concurrencyStaysWithinTheLimits() throws InterruptedException {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(400);
    queue.smtp.behave((request, sink) -> {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      Thread.yield();
      FakeTransport.accept(request, sink);
      running.decrementAndGet();
      all.countDown();
    });

    for (int i = 0; i < 400; i++) {
      queue.submit("me@example.test", "you@one.test");
    }

    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void shutdownFinishesWhatIsInHandAndStartsNothingMore() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    queue.smtp.behave((request, sink) -> {
      begun.countDown();
      release.await();
      FakeTransport.accept(request, sink);
    });
    StoredMessage inHand = queue.submit("me@example.test", "you@one.test");
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    Thread end = Thread.startVirtualThread(this::shutDown);

    release.countDown();
    end.join();

    assertThat(queue.spool.find(inHand.id())).isEmpty();
    StoredMessage late = queue.submit("me@example.test", "you@one.test");
    assertThat(queue.spool.find(late.id())).isPresent();
    assertThat(queue.smtp.requests()).hasSize(1);
  }

  @Test
  void aDeliveryThatOutlivesTheGraceIsLeftForTheNextStart() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    queue.smtp.behave((request, sink) -> {
      sink.report(request.recipients().getFirst(), FakeTransport.sent());
      begun.countDown();
      release.await();
    });
    StoredMessage message = queue.submit("me@example.test", "a@one.test", "b@one.test");
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

    queue.manager.shutdown(Duration.ZERO);

    StoredMessage left = queue.spool.find(message.id()).orElseThrow();
    assertThat(left.pending()).extracting(StoredMessage.Pending::index).containsExactly(1);
    assertThat(left.attempts()).isZero();
  }

  private void shutDown() {
    try {
      queue.manager.shutdown(Duration.ofSeconds(10));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
