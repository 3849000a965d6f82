package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** From submission to the end of a message, attempt by attempt. */
class QueueManagerTest {
  private static final Duration BACKOFF = Duration.ofSeconds(300);

  @Test
  void aDeliveredMessageLeavesPostfixLinesAndNothingInTheSpool() {
    TestQueue queue = TestQueue.of();

    StoredMessage message = queue.submit("me@example.test", "you@remote.test");

    String id = message.id().shortForm();
    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.log.text())
        .containsExactly(
            "qmgr: " + id + ": from=<me@example.test>, size=21, nrcpt=1 (queue active)",
            queue.log.text().get(1),
            "qmgr: " + id + ": removed");
    assertThat(queue.log.text().get(1))
        .matches(
            "smtp: "
                + id
                + ": to=<you@remote\\.test>, relay=mx\\.test\\[192\\.0\\.2\\.1]:25,"
                + " delay=[0-9.]+, delays=[0-9.]+/[0-9.]+/[0-9.]+/[0-9.]+, dsn=2\\.0\\.0,"
                + " status=sent \\(250 2\\.0\\.0 Ok\\)");
  }

  @Test
  void aRedirectedRecipientIsLoggedWithWhoItWas() {
    TestQueue queue = TestQueue.of();
    Recipient root = Recipient.of(TestQueue.mailbox("root@example.test"));
    Recipient redirected = root.redirectedTo(TestQueue.mailbox("me@remote.test"));
    Envelope envelope = Envelope.of(new ReversePath.Null(), List.of(redirected));

    queue.manager.submit(queue.store(envelope, "\n"));
    queue.settle();

    assertThat(queue.log.text().get(1))
        .contains(": to=<me@remote.test>, orig_to=<root@example.test>, relay=");
  }

  @Test
  void deferredMailIsTriedAgainAfterTheMinimalBackoffTimeAndNotBefore() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    queue.submit("me@example.test", "you@remote.test");
    assertThat(queue.smtp.requests()).hasSize(1);

    queue.pass(BACKOFF.minusSeconds(1));
    assertThat(queue.smtp.requests()).hasSize(1);

    queue.smtp.behave(FakeTransport::accept);
    queue.pass(BACKOFF.dividedBy(16).plusSeconds(1));
    assertThat(queue.smtp.requests()).hasSize(2);
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void theReasonOfADelayStandsInTheListing() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);

    StoredMessage message = queue.submit("me@example.test", "you@remote.test");

    try (var view = queue.manager.listing().view()) {
      assertThat(view)
          .containsExactly(
              new QueueView(
                  QueueView.Queue.DEFERRED,
                  false,
                  message.id().shortForm(),
                  TestQueue.START,
                  21,
                  "me@example.test",
                  List.of(
                      new QueueView.WaitingRecipient(
                          "",
                          "you@remote.test",
                          "host mx.test[192.0.2.1] said: 451 4.7.1 later (in reply to RCPT TO"
                              + " command)"))));
    }
  }

  @Test
  void lifetimeZeroMeansOneAttempt() {
    TestQueue queue = TestQueue.of("maximal_queue_lifetime=0");
    queue.smtp.behave(FakeTransport::putOff);

    StoredMessage message = queue.submit("me@example.test", "you@remote.test");

    assertThat(queue.smtp.recipients()).containsExactly("you@remote.test");
    assertThat(queue.log.text())
        .contains(
            "qmgr: "
                + message.id().shortForm()
                + ": from=<me@example.test>, status=expired, returned to sender");
    assertThat(queue.noticeTexts.getFirst()).contains("Action: failed\nStatus: 4.7.1\n");
  }

  @Test
  void mailThatGrowsTooOldIsReturnedOnce() {
    TestQueue queue = TestQueue.of("maximal_queue_lifetime=1h");
    queue.smtp.behave(FakeTransport::putOff);
    queue.submit("me@example.test", "you@remote.test");

    queue.pass(Duration.ofMinutes(50));
    assertThat(queue.notices).isEmpty();
    queue.pass(Duration.ofHours(2));

    assertThat(queue.notices).hasSize(1);
    assertThat(queue.notices.getFirst().envelope().sender().isNull()).isTrue();
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void softBounceTurnsARefusalIntoADelay() {
    TestQueue queue = TestQueue.of("soft_bounce=yes");
    queue.smtp.behave(FakeTransport::refuse);

    queue.submit("me@example.test", "a@one.test");

    assertThat(queue.notices).isEmpty();
    assertThat(queue.log.text())
        .anyMatch(line -> line.contains("dsn=4.1.1, status=SOFTBOUNCE (host mx.test"));
    assertThat(queue.spool.messages()).hasSize(1);
  }

  @Test
  void anExceptionDefersAndIsLoggedAsOurBug() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave((_, _) -> {
      throw new IllegalStateException("broken");
    });

    queue.submit("me@example.test", "a@one.test");

    assertThat(queue.log.text())
        .anyMatch(line -> line.contains("error: unexpected:") && line.contains("broken"))
        .anyMatch(line -> line.contains("dsn=4.3.0, status=deferred ("));
    assertThat(queue.spool.messages()).hasSize(1);
    assertThat(queue.notices).isEmpty();
  }

  @Test
  void whoeverATransportForgetsIsDeferred() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(
        (request, sink) -> sink.report(request.recipients().getFirst(), FakeTransport.sent()));

    StoredMessage message = queue.submit("me@example.test", "a@one.test", "b@one.test");

    assertThat(queue.spool.find(message.id()).orElseThrow().pending())
        .extracting(StoredMessage.Pending::index)
        .containsExactly(1);
  }

  @Test
  void afterACrashAtThreeOfFiftyOnlyTheOthersAreRepeated() throws InterruptedException {
    TestQueue queue = TestQueue.of("smtp_destination_recipient_limit=50");
    queue.smtp.behave((request, sink) -> {
      for (int i = 0; i < 3; i++) {
        sink.report(request.recipients().get(i), FakeTransport.sent());
      }
      throw new InterruptedException("this thread is no more");
    });
    String[] fifty = new String[50];
    for (int i = 0; i < 50; i++) {
      fifty[i] = "r" + i + "@one.test";
    }
    queue.submit("me@example.test", fifty);

    TestQueue after = queue.restarted();

    assertThat(after.smtp.recipients())
        .hasSize(47)
        .doesNotContain("r0@one.test", "r1@one.test", "r2@one.test");
    assertThat(after.spool.messages()).isEmpty();
  }

  @Test
  void addressesAreLoggedAndListedAsTheWireHasThem() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);

    queue.submit("s t@example.test", "a b@one.test");

    assertThat(String.join("\n", queue.log.text()))
        .contains(": from=<\"s t\"@example.test>, size=")
        .contains(": to=<\"a b\"@one.test>, relay=");
    try (Stream<QueueView> listed = queue.manager.listing().view()) {
      QueueView view = listed.findFirst().orElseThrow();
      assertThat(view.sender()).isEqualTo("\"s t\"@example.test");
      assertThat(view.recipients().getFirst().address()).isEqualTo("\"a b\"@one.test");
    }
  }

  @Test
  void anAttemptThatEndsWithoutAWordIsRepeatedThoughTheDaemonGoesOn() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave((request, sink) -> {
      throw new InterruptedException("nobody stops the daemon");
    });
    queue.submit("me@example.test", "a@one.test");
    queue.smtp.behave(FakeTransport::accept);

    queue.pass(BACKOFF.multipliedBy(2));

    assertThat(queue.smtp.requests()).hasSize(2);
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void aMessageThatTheStartMeetsBeforeItIsSubmittedIsDeliveredOnce() throws InterruptedException {
    TestQueue queue = TestQueue.of();
    StoredMessage message = queue.store(TestQueue.envelope("me@example.test", "a@one.test"), "\n");
    TestQueue after = queue.restarted();
    assertThat(after.smtp.requests()).hasSize(1);

    after.manager.submit(message);
    after.settle();

    assertThat(after.smtp.requests()).hasSize(1);
  }

  @Test
  void aRestartKeepsTheTimeOfTheNextAttempt() throws InterruptedException {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    queue.submit("me@example.test", "a@one.test");

    TestQueue after = queue.restarted();

    assertThat(after.smtp.requests()).isEmpty();
    after.pass(BACKOFF.multipliedBy(2));
    assertThat(after.smtp.requests()).hasSize(1);
  }

  @Test
  void anUnknownTransportDefersAndSaysWhichItIs() {
    TestQueue queue = TestQueue.of("default_transport=nowhere");

    queue.submit("me@example.test", "a@one.test");

    assertThat(queue.log.text())
        .anyMatch(line ->
            line.startsWith("error: ")
                && line.contains("dsn=4.3.0, status=deferred (mail transport unavailable:")
                && line.contains("\"nowhere\""));
    assertThat(queue.spool.messages()).hasSize(1);
  }

  @Test
  void aMessageOnHoldWaitsForItsRelease() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage message = queue.submit("me@example.test", "a@one.test");

    assertThat(queue.manager.orders().hold(message.id())).isTrue();
    queue.pass(Duration.ofDays(1));
    assertThat(queue.smtp.requests()).hasSize(1);

    assertThat(queue.manager.orders().release(message.id())).isTrue();
    queue.settle();
    assertThat(queue.smtp.requests()).hasSize(2);
  }

  @Test
  void aMessageReleasedWhileItsAttemptRunsIsTriedAgainAfterwards() {
    TestQueue queue = TestQueue.of();
    List<QueueId> ids = new ArrayList<>();
    queue.smtp.behave((request, sink) -> {
      if (queue.smtp.requests().size() == 1) {
        assertThat(queue.manager.orders().hold(ids.getFirst())).isTrue();
        assertThat(queue.manager.orders().release(ids.getFirst())).isTrue();
      }
      FakeTransport.putOff(request, sink);
    });
    StoredMessage message = queue.store(TestQueue.envelope("me@example.test", "a@one.test"), "x\n");
    ids.add(message.id());

    queue.manager.submit(message);
    queue.settle();

    assertThat(queue.smtp.requests().size()).isGreaterThan(1);
  }

  @Test
  void anExpiredMessageIsTriedOnceMoreAndGoesBack() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage message = queue.submit("me@example.test", "a@one.test");

    assertThat(queue.manager.orders().expire(message.id())).isTrue();
    assertThat(queue.smtp.requests()).hasSize(1);
    queue.manager.orders().flush();
    queue.settle();

    assertThat(queue.smtp.requests().stream().filter(each -> each.toString().contains("one.test")))
        .hasSize(2);
    assertThat(queue.log.text())
        .anyMatch(line -> line.endsWith("status=force-expired, returned to sender"));
    assertThat(queue.notices).hasSize(1);
    assertThat(queue.spool.find(message.id())).isEmpty();
  }

  @Test
  void aMessageIsInOneQueue() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage deferred = queue.submit("me@example.test", "a@one.test");
    StoredMessage held = queue.submit("me@example.test", "b@two.test");
    queue.manager.orders().hold(held.id());

    assertThat(queue.manager.listing().queueOf(deferred.id())).contains(QueueView.Queue.DEFERRED);
    assertThat(queue.manager.listing().queueOf(held.id())).contains(QueueView.Queue.HOLD);
    assertThat(queue.manager.listing().in(Set.of(QueueView.Queue.HOLD))).containsExactly(held.id());
    assertThat(queue.manager.listing().in(Set.of(QueueView.Queue.DEFERRED, QueueView.Queue.ACTIVE)))
        .containsExactly(deferred.id());
  }

  @Test
  void aDeletedMessageIsNotTriedAgainAndNobodyIsTold() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage message = queue.submit("me@example.test", "a@one.test");

    assertThat(queue.manager.orders().delete(message.id())).isTrue();
    queue.pass(Duration.ofDays(6));

    assertThat(queue.smtp.requests()).hasSize(1);
    assertThat(queue.notices).isEmpty();
  }

  @Test
  void aMessageDeletedDuringItsDeliveryStaysDeleted() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave((request, sink) -> {
      queue.spool.messages().forEach(each -> queue.manager.orders().delete(each.id()));
      FakeTransport.refuse(request, sink);
    });

    queue.submit("me@example.test", "a@one.test");

    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.notices).isEmpty();
  }

  @Test
  void flushTriesAllDeferredMailNow() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    queue.submit("me@example.test", "a@one.test");
    queue.submit("me@example.test", "b@two.test");
    queue.smtp.behave(FakeTransport::accept);

    queue.manager.orders().flush();
    queue.settle();

    assertThat(queue.smtp.requests()).hasSize(4);
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void flushOfOneMessageOrOneSiteLeavesTheOthers() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage one = queue.submit("me@example.test", "a@one.test");
    queue.submit("me@example.test", "b@two.test");
    queue.submit("me@example.test", "c@three.test");

    assertThat(queue.manager.orders().flush(one.id())).isTrue();
    assertThat(queue.manager.orders().flushSite("TWO.test")).isEqualTo(1);
    queue.settle();

    assertThat(queue.smtp.recipients())
        .containsExactly("a@one.test", "b@two.test", "c@three.test", "a@one.test", "b@two.test");
  }

  @Test
  void aMessageOnHoldIsTriedByNoFlushAndNoStart() throws InterruptedException {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::failToConnect);
    StoredMessage message = queue.submit("me@example.test", "a@one.test");
    assertThat(queue.manager.orders().hold(message.id())).isTrue();

    queue.manager.orders().flush();
    assertThat(queue.manager.orders().flush(message.id())).isFalse();
    assertThat(queue.manager.orders().flushSite("one.test")).isZero();
    queue.manager.reload(queue.setup());
    queue.settle();
    TestQueue after = queue.restarted();
    after.manager.orders().flush();
    after.settle();
    after.pass(Duration.ofDays(7));

    assertThat(queue.smtp.requests()).hasSize(1);
    assertThat(after.smtp.requests()).isEmpty();
    assertThat(after.spool.messages()).hasSize(1);
  }
}
