package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the end of a fault wakes what waited for it, and nothing else does. */
class QueueFaultsTest {
  private static final Duration LONG = Duration.ofHours(3);

  private final TestQueue queue = TestQueue.of("relayhost=[relay.test]");

  /** Mail that did not reach its host so often that its own next attempt is an hour away. */
  private void deferLong(int messages) {
    queue.smtp.behave(FakeTransport::failToConnect);
    for (int i = 0; i < messages; i++) {
      queue.submit("me@example.test", "u" + i + "@one.test");
    }
    queue.pass(LONG);
    assertThat(queue.spool.messages()).hasSize(messages);
    // A moment at which most of them would wait long, and few have their own time soon.
    long most = messages <= 3 ? messages : messages / 2;
    for (int guard = 0; guard < 10_000 && waitLong() < most; guard++) {
      queue.pass(Duration.ofSeconds(20));
    }
    assertThat(waitLong()).isGreaterThanOrEqualTo(most);
  }

  private long waitLong() {
    return queue
        .spool
        .messages()
        .filter(each -> each.nextAttempt().isAfter(queue.now().plusSeconds(1000)))
        .count();
  }

  @Test
  void aHostThatIsBackIsFoundByAScoutWhoWakesTheOthers() {
    deferLong(3);

    queue.smtp.behave(FakeTransport::accept);
    queue.pass(Duration.ofSeconds(301));

    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.manager.remembered()).isZero();
  }

  @Test
  void aSingleMessageIsTriedBeforeItsOwnTime() {
    deferLong(1);

    queue.smtp.behave(FakeTransport::accept);
    queue.pass(Duration.ofSeconds(301));

    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.manager.remembered()).isZero();
  }

  @Test
  void manyMessagesForADeadHostAreWokenAsWell() {
    deferLong(20);

    queue.smtp.behave(FakeTransport::accept);
    queue.pass(Duration.ofSeconds(301));

    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void afterAShortFaultNobodyIsWokenBeforeTheBackoff() {
    queue.smtp.behave(FakeTransport::failToConnect);
    queue.submit("me@example.test", "a@one.test");
    queue.submit("me@example.test", "b@one.test");

    queue.smtp.behave(FakeTransport::accept);
    queue.submit("me@example.test", "c@one.test");
    queue.pass(Duration.ofSeconds(299));

    assertThat(queue.smtp.requests()).hasSize(3);
    queue.pass(Duration.ofSeconds(2));
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void whileTheHostIsAwayOneMessageGoesEveryBackoff() {
    deferLong(1);
    int before = queue.smtp.requests().size();

    queue.pass(Duration.ofSeconds(900));

    assertThat(queue.smtp.requests().size() - before).isBetween(2, 3);
  }

  @Test
  void aScoutWhoIsGoneIsReplacedByAnother() {
    deferLong(5);
    List<StoredMessage> all = queue.spool.messages().toList();
    all.subList(0, 4).forEach(each -> queue.manager.orders().delete(each.id()));

    queue.smtp.behave(FakeTransport::accept);
    queue.pass(Duration.ofSeconds(301));

    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void aHostIsForgottenWhenNobodyWaitsForItAnyMore() {
    deferLong(2);
    queue.spool.messages().toList().forEach(each -> queue.manager.orders().delete(each.id()));

    queue.pass(Duration.ofSeconds(1000));

    assertThat(queue.manager.remembered()).isZero();
  }

  @Test
  void aHostIsForgottenWhoseMailGoesAnotherWayAfterTheFault() {
    deferLong(1);
    queue.spool.messages().toList().forEach(each -> queue.manager.orders().delete(each.id()));

    queue.changes.add("the network has changed");
    queue.pass(Duration.ofSeconds(11));

    assertThat(queue.manager.remembered()).isZero();
  }

  @Test
  void anotherNetworkOrATableWakesWhatWaits() {
    deferLong(3);
    queue.smtp.behave(FakeTransport::accept);

    queue.changes.add("the network has changed");
    queue.pass(Duration.ofSeconds(11));

    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.log.text())
        .contains("qmgr: the network has changed: deferred messages tried now: 3");
  }

  @Test
  void aReloadWakesWhatWaits() {
    deferLong(3);
    queue.smtp.behave(FakeTransport::accept);

    queue.manager.reload(queue.setup());
    queue.settle();

    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void mailWithoutATransportWaitsForTheReloadThatBringsIt() {
    queue.settings.put("default_transport", "missing");
    queue.settings.put("relayhost", "");
    queue.manager.reload(queue.setup());
    queue.submit("me@example.test", "you@one.test");
    assertThat(queue.spool.messages()).hasSize(1);

    queue.settings.put("default_transport", "smtp");
    queue.manager.reload(queue.setup());
    queue.settle();

    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void greylistedMailIsNotWokenByTheSuccessOfOthers() {
    queue.smtp.behave(FakeTransport::putOff);
    queue.submit("me@example.test", "you@one.test");
    queue.smtp.behave(FakeTransport::accept);

    queue.submit("me@example.test", "other@one.test");
    queue.changes.add("the network has changed");
    queue.pass(Duration.ofSeconds(60));

    assertThat(queue.spool.messages()).hasSize(1);
  }

  @Test
  void aHostThatTakesSomeConnectionsOnlyIsNotHammered() {
    TestQueue flaky = TestQueue.of("relayhost=[relay.test]", "initial_destination_concurrency=5");
    List<Integer> count = new ArrayList<>();
    flaky.smtp.behave((request, sink) -> {
      count.add(1);
      if (count.size() % 2 == 0) {
        FakeTransport.failToConnect(request, sink);
      } else {
        FakeTransport.accept(request, sink);
      }
    });
    for (int i = 0; i < 40; i++) {
      flaky.submit("me@example.test", "u" + i + "@one.test");
    }

    flaky.pass(Duration.ofSeconds(299));

    assertThat(count).hasSize(40);
    assertThat(flaky.spool.messages()).hasSize(20);
  }

  @Test
  void aTransportThatFailsByABugOfItsOwnRestsForAWhile() {
    TestQueue broken = TestQueue.of("transport_retry_time=60s");
    broken.smtp.behave((_, _) -> {
      throw new IllegalStateException("a bug");
    });
    for (int i = 0; i < 10; i++) {
      broken.submit("me@example.test", "u" + i + "@h" + i + ".test");
    }
    assertThat(broken.smtp.requests()).hasSize(3);

    broken.smtp.behave(FakeTransport::accept);
    broken.pass(Duration.ofSeconds(61));

    assertThat(broken.smtp.requests()).hasSize(10);
    broken.pass(Duration.ofSeconds(400));
    assertThat(broken.spool.messages()).isEmpty();
  }

  @Test
  void aLookThatABugEndsIsNotTheLastOne() {
    deferLong(1);
    queue.changes.add(TestQueue.BUG);
    queue.pass(Duration.ofSeconds(15));
    assertThat(queue.log.text()).anyMatch(line -> line.contains("a bug for the test"));

    queue.smtp.behave(FakeTransport::accept);
    queue.changes.add("the network is another one");
    queue.pass(Duration.ofSeconds(15));

    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void whatAStartCouldNotTakeUpIsTakenUpLater() throws InterruptedException {
    queue.store(TestQueue.envelope("me@example.test", "you@one.test"), "Subject: x\n\nx\n");
    queue.spool.failStandings(1);

    TestQueue next = queue.restarted();

    assertThat(next.log.text())
        .anyMatch(line -> line.contains("taking up the queue; it is begun again in 1 s: "));
    assertThat(next.smtp.recipients()).containsExactly("you@one.test");
    assertThat(next.spool.messages()).isEmpty();
  }
}
