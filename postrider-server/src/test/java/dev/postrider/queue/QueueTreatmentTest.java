package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Retry;
import dev.postrider.delivery.StatusSink;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the queue does with mail that waits for more than its time. */
class QueueTreatmentTest {
  private final TestQueue queue = TestQueue.of("relayhost=[relay.test]");

  private static FakeTransport.Behaviour deferring(Retry retry) {
    return (request, sink) -> defer(request, sink, retry);
  }

  private static void defer(DeliveryRequest request, StatusSink sink, Retry retry) {
    long now = System.nanoTime();
    boolean parked = retry instanceof Retry.Parked;
    for (Recipient recipient : request.recipients()) {
      sink.report(
          recipient,
          new DeliveryStatus.Deferred(
              EnhancedStatusCode.of("4.7.8"),
              "because",
              new DeliveryStatus.Attempt(
                  "smtp",
                  parked ? "none" : "mx.test[192.0.2.1]:25",
                  null,
                  null,
                  1,
                  parked ? now : now - 1,
                  now),
              retry,
              null));
    }
  }

  private StoredMessage only() {
    return queue.spool.messages().findFirst().orElseThrow();
  }

  @Test
  void aPaceOfItsOwnIsKept() {
    queue.smtp.behave(deferring(new Retry.After(Duration.ofHours(24))));
    queue.submit("me@example.test", "a@one.test");
    queue.pass(Duration.ofHours(23));
    assertThat(queue.smtp.requests()).hasSize(1);
    queue.pass(Duration.ofHours(2));
    assertThat(queue.smtp.requests()).hasSize(2);
  }

  @Test
  void tenThousandMessagesOfAHeldAccountCostOneLookEach() {
    queue.smtp.behave(deferring(new Retry.Parked(Duration.ofHours(24))));
    for (int i = 0; i < 10_000; i++) {
      queue.submit("me@example.test", "u" + i + "@one.test");
    }
    assertThat(queue.smtp.requests()).hasSize(10_000);

    queue.pass(Duration.ofHours(23));
    assertThat(queue.smtp.requests()).as("nothing in a day").hasSize(10_000);

    queue.smtp.behave(FakeTransport::accept);
    assertThat(queue.manager.wakeParked()).isEqualTo(10_000);
    queue.settle();
    queue.pass(Duration.ofSeconds(1));
    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.manager.remembered()).isZero();
  }

  @Test
  void mailOfAHeldAccountDoesNotGrowTooOld() {
    queue.smtp.behave(deferring(new Retry.Parked(Duration.ofHours(24))));
    queue.submit("me@example.test", "a@one.test");
    queue.pass(Duration.ofDays(20));
    assertThat(queue.spool.messages()).hasSize(1);
    assertThat(queue.noticeTexts).isEmpty();

    queue.manager.orders().expire(only().id());
    queue.pass(Duration.ofDays(1));
    assertThat(queue.spool.messages().filter(each -> !each.envelope().sender().isNull()))
        .as("an administrator may end it")
        .isEmpty();
  }

  @Test
  void aNoticeOfAHeldAccountGrowsTooOld() {
    queue.smtp.behave(deferring(new Retry.Parked(Duration.ofHours(24))));
    StoredMessage notice = queue.submit("", "a@one.test");
    queue.pass(Duration.ofDays(8));
    assertThat(queue.spool.find(notice.id()).map(StoredMessage::held).orElse(true)).isTrue();
  }

  @Test
  void mailForWhichASettingMustChangeIsHeldUntilOneDoes() {
    queue.smtp.behave(deferring(new Retry.OnHold()));
    queue.submit("me@example.test", "a@one.test");
    assertThat(only().held()).isTrue();
    queue.pass(Duration.ofDays(30));
    assertThat(queue.smtp.requests()).hasSize(1);
    assertThat(only().held()).isTrue();

    queue.smtp.behave(FakeTransport::accept);
    queue.changes.add("/etc/postfix/generic changed");
    queue.pass(Duration.ofSeconds(11));
    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.log.text())
        .contains("qmgr: /etc/postfix/generic changed: deferred messages tried now: 1");
  }

  @Test
  void aReloadReleasesItToo() {
    queue.smtp.behave(deferring(new Retry.OnHold()));
    queue.submit("me@example.test", "a@one.test");
    queue.smtp.behave(FakeTransport::accept);
    queue.manager.reload(queue.setup());
    queue.settle();
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void aRestartKnowsWhatIsHeldForThat() throws Exception {
    queue.smtp.behave(deferring(new Retry.OnHold()));
    queue.submit("me@example.test", "a@one.test");
    StoredMessage other = queue.submit("me@example.test", "b@one.test");
    queue.manager.orders().delete(other.id());

    TestQueue next = queue.restarted("relayhost=[relay.test]");
    assertThat(next.spool.messages()).hasSize(1).allMatch(StoredMessage::held);
    next.changes.add("a table changed");
    next.pass(Duration.ofSeconds(11));
    assertThat(next.spool.messages()).isEmpty();
  }

  @Test
  void whatAnAdministratorHoldsStaysHeld() {
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage message = queue.submit("me@example.test", "a@one.test");
    assertThat(queue.manager.orders().hold(message.id())).isTrue();
    queue.manager.reload(queue.setup());
    queue.settle();
    assertThat(only().held()).isTrue();
  }

  @Test
  void besideOthersWhoWaitItWaitsToo() {
    queue.smtp.behave((request, sink) -> {
      List<Recipient> all = request.recipients();
      long now = System.nanoTime();
      for (int i = 0; i < all.size(); i++) {
        sink.report(
            all.get(i),
            new DeliveryStatus.Deferred(
                EnhancedStatusCode.of("4.7.1"),
                "because " + i,
                new DeliveryStatus.Attempt(
                    "smtp", "mx.test[192.0.2.1]:25", null, null, 1, now - 1, now),
                i == 0 ? new Retry.OnHold() : new Retry.Usual(),
                null));
      }
    });
    queue.submit("me@example.test", "a@one.test", "b@one.test");
    assertThat(only().held()).isFalse();
    queue.pass(Duration.ofMinutes(10));
    assertThat(queue.smtp.requests().size()).isGreaterThan(1);
  }

  @Test
  void aThrottledDestinationGetsLessAndRecovers() {
    queue.smtp.behave(deferring(new Retry.Slower()));
    queue.submit("me@example.test", "a@one.test");
    queue.smtp.behave(FakeTransport::accept);
    int before = queue.smtp.requests().size();
    for (int i = 0; i < 100; i++) {
      queue.submit("me@example.test", "u" + i + "@one.test");
    }
    queue.pass(Duration.ofSeconds(20));
    int slow = queue.smtp.requests().size() - before;
    assertThat(slow).as("with a second between").isBetween(5, 45);

    queue.pass(Duration.ofMinutes(15));
    assertThat(queue.spool.messages()).isEmpty();
    queue.pass(Duration.ofMinutes(60));
    assertThat(queue.manager.remembered()).as("it is forgotten when it has recovered").isZero();
  }
}
