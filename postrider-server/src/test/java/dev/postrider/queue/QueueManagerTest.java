package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Mark;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

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

    try (var view = queue.manager.view()) {
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
  void noticesHaveALifetimeOfTheirOwn() {
    TestQueue queue = TestQueue.of("bounce_queue_lifetime=0");
    queue.smtp.behave(FakeTransport::putOff);

    queue.submit("", "you@remote.test");
    queue.pass(Duration.ofDays(9));

    assertThat(queue.smtp.recipients()).containsExactly("you@remote.test");
    assertThat(queue.spool.messages()).singleElement().matches(StoredMessage::held);
    assertThat(queue.notices).isEmpty();
  }

  @Test
  void oneNoticeListsAllThatWasRefusedInAnAttempt() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::refuse);

    StoredMessage message = queue.submit("me@example.test", "a@one.test", "b@two.test");

    assertThat(queue.notices).hasSize(1);
    assertThat(queue.noticeTexts.getFirst())
        .contains("Final-Recipient: rfc822; a@one.test", "Final-Recipient: rfc822; b@two.test");
    assertThat(queue.local.recipients()).containsExactly("me@example.test");
    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.log.text())
        .anyMatch(line ->
            line.startsWith(
                "bounce: " + message.id().shortForm() + ": sender non-delivery notification: "));
  }

  @Test
  void aRecipientIsDoneOnlyWhenTheNoticeIsStored() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::refuse);
    queue.intakeFull = true;

    StoredMessage message = queue.submit("me@example.test", "a@one.test");

    assertThat(queue.spool.find(message.id()).orElseThrow().pending()).hasSize(1);
    queue.intakeFull = false;
    queue.pass(BACKOFF.multipliedBy(2));
    assertThat(queue.notices).hasSize(1);
    assertThat(queue.spool.find(message.id())).isEmpty();
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
    try (Stream<QueueView> listed = queue.manager.view()) {
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
  void aRecipientLimitSplitsAMessageIntoSeveralDeliveries() {
    TestQueue queue = TestQueue.of("smtp_destination_recipient_limit=2");

    queue.submit("me@example.test", "a@one.test", "b@one.test", "c@one.test", "d@two.test");

    assertThat(queue.smtp.requests())
        .extracting(request -> request.recipients().size())
        .containsExactlyInAnyOrder(2, 1, 1);
  }

  @Test
  void localMailGoesOneRecipientAtATime() {
    TestQueue queue = TestQueue.of();

    queue.submit("me@example.test", "a@example.test", "b@example.test");

    assertThat(queue.local.requests()).hasSize(2);
    assertThat(queue.smtp.requests()).isEmpty();
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

    assertThat(queue.manager.hold(message.id())).isTrue();
    queue.pass(Duration.ofDays(1));
    assertThat(queue.smtp.requests()).hasSize(1);

    assertThat(queue.manager.release(message.id())).isTrue();
    queue.settle();
    assertThat(queue.smtp.requests()).hasSize(2);
  }

  @Test
  void aMessageReleasedWhileItsAttemptRunsIsTriedAgainAfterwards() {
    TestQueue queue = TestQueue.of();
    List<QueueId> ids = new ArrayList<>();
    queue.smtp.behave((request, sink) -> {
      if (queue.smtp.requests().size() == 1) {
        assertThat(queue.manager.hold(ids.getFirst())).isTrue();
        assertThat(queue.manager.release(ids.getFirst())).isTrue();
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

    assertThat(queue.manager.expire(message.id())).isTrue();
    assertThat(queue.smtp.requests()).hasSize(1);
    queue.manager.flush();
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
    queue.manager.hold(held.id());

    assertThat(queue.manager.queueOf(deferred.id())).contains(QueueView.Queue.DEFERRED);
    assertThat(queue.manager.queueOf(held.id())).contains(QueueView.Queue.HOLD);
    assertThat(queue.manager.in(Set.of(QueueView.Queue.HOLD))).containsExactly(held.id());
    assertThat(queue.manager.in(Set.of(QueueView.Queue.DEFERRED, QueueView.Queue.ACTIVE)))
        .containsExactly(deferred.id());
  }

  @Test
  void aDeletedMessageIsNotTriedAgainAndNobodyIsTold() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage message = queue.submit("me@example.test", "a@one.test");

    assertThat(queue.manager.delete(message.id())).isTrue();
    queue.pass(Duration.ofDays(6));

    assertThat(queue.smtp.requests()).hasSize(1);
    assertThat(queue.notices).isEmpty();
  }

  @Test
  void aMessageDeletedDuringItsDeliveryStaysDeleted() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave((request, sink) -> {
      queue.spool.messages().forEach(each -> queue.manager.delete(each.id()));
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

    queue.manager.flush();
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

    assertThat(queue.manager.flush(one.id())).isTrue();
    assertThat(queue.manager.flushSite("TWO.test")).isEqualTo(1);
    queue.settle();

    assertThat(queue.smtp.recipients())
        .containsExactly("a@one.test", "b@two.test", "c@three.test", "a@one.test", "b@two.test");
  }

  @Test
  void aDeadDestinationIsSuspendedAndComesBackByFlush() {
    TestQueue queue = TestQueue.of("initial_destination_concurrency=1");
    queue.smtp.behave(FakeTransport::failToConnect);
    queue.submit("me@example.test", "a@dead.test");

    queue.submit("me@example.test", "b@dead.test");

    assertThat(queue.smtp.requests()).hasSize(1);
    assertThat(queue.log.text())
        .anyMatch(line ->
            line.startsWith("error: ")
                && line.contains("to=<b@dead.test>, relay=none, ")
                && line.contains(
                    "dsn=4.4.1, status=deferred (delivery temporarily suspended: connect to"
                        + " mx.test[192.0.2.1]:25: Connection refused)"));
    queue.smtp.behave(FakeTransport::accept);
    queue.manager.flush();
    queue.settle();
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void aRefusedLoginMakesItsDestinationDeadAsWell() {
    TestQueue queue = TestQueue.of("initial_destination_concurrency=1");
    queue.smtp.behave(FakeTransport::failToLogIn);

    queue.submit("me@example.test", "a@one.test");
    queue.submit("me@example.test", "b@one.test");

    assertThat(queue.smtp.requests()).hasSize(1);
  }

  @Test
  void aRefusedRecipientDoesNotMakeItsDestinationDead() {
    TestQueue queue = TestQueue.of("initial_destination_concurrency=1");
    queue.smtp.behave(FakeTransport::putOff);

    for (int i = 0; i < 5; i++) {
      queue.submit("me@example.test", "u" + i + "@one.test");
    }

    assertThat(queue.smtp.requests()).hasSize(5);
  }

  @Test
  void moreMailThanTheActiveSetTakesIsDeliveredAllTheSame() {
    TestQueue queue = TestQueue.of("qmgr_message_active_limit=3");
    for (int i = 0; i < 50; i++) {
      queue.manager.submit(
          queue.store(TestQueue.envelope("me@example.test", "u" + i + "@one.test"), "\n"));
    }

    queue.settle();

    assertThat(queue.smtp.requests()).hasSize(50);
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void aMailingDoesNotHoldUpALetterToTheSameHost() {
    TestQueue queue =
        TestQueue.of(
            "smtp_destination_recipient_limit=2",
            "smtp_destination_concurrency_limit=1",
            "initial_destination_concurrency=1",
            "relayhost=[relay.test]");
    String[] many = new String[100];
    for (int i = 0; i < many.length; i++) {
      many[i] = "r" + i + "@list.test";
    }
    queue.smtp.behave((request, sink) -> {
      if (queue.smtp.requests().size() == 1) {
        queue.submit("reset@example.test", "you@remote.test");
      }
      FakeTransport.accept(request, sink);
    });

    queue.submit("list@example.test", many);

    assertThat(queue.smtp.recipients()).hasSize(101);
    assertThat(queue.smtp.recipients().indexOf("you@remote.test")).isLessThan(6);
  }

  @Test
  void theSenderIsWarnedOnceOfALongDelay() throws InterruptedException {
    TestQueue queue = TestQueue.of("delay_warning_time=1h");
    queue.smtp.behave(FakeTransport::putOff);
    queue.submit("me@example.test", "a@one.test");
    queue.pass(Duration.ofMinutes(30));
    assertThat(queue.notices).isEmpty();

    queue.pass(Duration.ofHours(12));

    assertThat(queue.notices).hasSize(1);
    assertThat(queue.noticeTexts.getFirst())
        .contains("Subject: Delayed Mail (still being retried)", "Action: delayed");
    TestQueue after = queue.restarted("delay_warning_time=1h");
    after.smtp.behave(FakeTransport::putOff);
    after.pass(Duration.ofHours(12));
    assertThat(after.notices).isEmpty();
  }

  @Test
  void theWarningIsRememberedHoweverOftenItIsTriedAndRestarted() throws InterruptedException {
    TestQueue queue = TestQueue.of("delay_warning_time=1h");
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage message = queue.submit("me@example.test", "a@one.test");
    queue.pass(Duration.ofHours(2));
    assertThat(queue.spool.find(message.id()).orElseThrow().marks()).containsExactly(Mark.WARNED);

    TestQueue after = queue.restarted("delay_warning_time=4h");
    after.smtp.behave(FakeTransport::putOff);
    after.pass(Duration.ofHours(12));

    assertThat(after.notices).isEmpty();
  }

  @Test
  void theEndOfAReportedDelayIsToldEvenAfterARestart() throws InterruptedException {
    TestQueue queue = TestQueue.of("delay_warning_time=1h", "confirm_delay_cleared=yes");
    queue.smtp.behave(FakeTransport::putOff);
    queue.submit("me@example.test", "a@one.test");
    queue.pass(Duration.ofHours(2));
    TestQueue after = queue.restarted("confirm_delay_cleared=yes");

    after.pass(Duration.ofHours(2));

    assertThat(after.notices).hasSize(1);
    assertThat(after.noticeTexts.getFirst())
        .contains(
            "Subject: Successful Mail Delivery Report", "Final-Recipient: rfc822; a@one.test");
    assertThat(after.spool.messages()).isEmpty();
  }

  @Test
  void theEndOfADelayIsNotToldUnlessItWasReportedAndIsWanted() {
    TestQueue unconfirmed = TestQueue.of("delay_warning_time=1h");
    unconfirmed.smtp.behave(FakeTransport::putOff);
    unconfirmed.submit("me@example.test", "a@one.test");
    unconfirmed.pass(Duration.ofHours(2));
    unconfirmed.smtp.behave(FakeTransport::accept);
    unconfirmed.pass(Duration.ofHours(2));
    TestQueue unreported = TestQueue.of("confirm_delay_cleared=yes");
    unreported.smtp.behave(FakeTransport::putOff);
    unreported.submit("me@example.test", "a@one.test");
    unreported.pass(Duration.ofHours(2));
    unreported.smtp.behave(FakeTransport::accept);
    unreported.pass(Duration.ofHours(2));

    assertThat(unconfirmed.notices).hasSize(1);
    assertThat(unconfirmed.noticeTexts.getFirst()).contains("Subject: Delayed Mail");
    assertThat(unconfirmed.spool.messages()).isEmpty();
    assertThat(unreported.notices).isEmpty();
    assertThat(unreported.spool.messages()).isEmpty();
  }

  @Test
  void aChainOfNoticesEndsWithAMessageOnHold() {
    TestQueue queue =
        TestQueue.of("notify_classes=2bounce", "2bounce_notice_recipient=pm@provider.test");
    queue.smtp.behave(FakeTransport::refuse);

    queue.submit("me@elsewhere.test", "a@one.test");
    queue.pass(Duration.ofDays(30));

    assertThat(queue.smtp.recipients())
        .containsExactly("a@one.test", "me@elsewhere.test", "pm@provider.test");
    StoredMessage kept = queue.spool.messages().findFirst().orElseThrow();
    assertThat(queue.spool.messages()).hasSize(1);
    assertThat(kept.held()).isTrue();
    assertThat(kept.pending().getFirst().reason()).isNotEmpty();
    assertThat(queue.log.text())
        .filteredOn(line -> line.contains("undeliverable postmaster notification kept on hold"))
        .singleElement()
        .asString()
        .contains(
            "warning: " + kept.id().shortForm() + ": ",
            "\"postcat -q " + kept.id().shortForm() + "\"",
            "\"postsuper -d " + kept.id().shortForm() + "\"",
            "\"postsuper -H " + kept.id().shortForm() + "\"");
  }

  @Test
  void anUndeliverableNoticeIsKeptAndTriedAgainWhenReleased() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::refuse);
    queue.submit("me@elsewhere.test", "a@one.test");
    StoredMessage kept = queue.spool.messages().findFirst().orElseThrow();
    assertThat(kept.envelope().sender().isNull()).isTrue();
    assertThat(kept.held()).isTrue();

    assertThat(queue.manager.release(kept.id())).isTrue();
    queue.settle();
    assertThat(queue.spool.find(kept.id()).orElseThrow().held()).isTrue();
    queue.smtp.behave(FakeTransport::accept);
    assertThat(queue.manager.release(kept.id())).isTrue();
    queue.settle();

    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.smtp.recipients())
        .containsExactly(
            "a@one.test", "me@elsewhere.test", "me@elsewhere.test", "me@elsewhere.test");
  }

  @Test
  void theOldestKeptNoticeGoesWhenThereAreTooManyAlsoAfterARestart() throws InterruptedException {
    TestQueue queue = TestQueue.of("postrider_kept_notices=2");
    queue.smtp.behave(FakeTransport::refuse);
    for (int i = 0; i < 3; i++) {
      queue.submit("", "a" + i + "@one.test");
      queue.pass(Duration.ofSeconds(1));
    }
    assertThat(waitingFor(queue)).containsExactly("a1@one.test", "a2@one.test");
    TestQueue after = queue.restarted("postrider_kept_notices=2");
    after.smtp.behave(FakeTransport::refuse);
    StoredMessage byHand = after.store(TestQueue.envelope("me@x.test", "b@one.test"), "\n");
    after.spool.hold(byHand.id(), true);

    after.submit("", "a3@one.test");

    assertThat(waitingFor(after)).containsExactly("a2@one.test", "b@one.test", "a3@one.test");
    assertThat(after.log.text())
        .anyMatch(line -> line.contains("the oldest kept notification discarded"));
  }

  private static List<String> waitingFor(TestQueue queue) {
    return queue
        .spool
        .messages()
        .map(message -> message.envelope().recipients().getFirst().mailbox().internal())
        .toList();
  }

  @Test
  void withoutRoomForKeptNoticesTheyAreDroppedAsPostfixDoes() {
    TestQueue queue = TestQueue.of("postrider_kept_notices=0");
    queue.smtp.behave(FakeTransport::refuse);

    queue.submit("me@elsewhere.test", "a@one.test");

    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void aForceExpiredNoticeIsNotKept() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::putOff);
    StoredMessage message = queue.submit("", "a@one.test");

    queue.manager.expire(message.id());
    queue.manager.flush();
    queue.settle();

    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.log.text()).anyMatch(line -> line.contains("it was force-expired"));
  }

  @Test
  void aNoticeWaitsForItsOtherRecipientsBeforeItIsKept() {
    TestQueue queue = TestQueue.of("bounce_queue_lifetime=1d");
    queue.smtp.behave((request, sink) -> {
      if (request.recipients().getFirst().mailbox().domain().equals("dead.test")) {
        FakeTransport.refuse(request, sink);
      } else {
        FakeTransport.putOff(request, sink);
      }
    });
    StoredMessage message = queue.submit("", "a@dead.test", "b@slow.test");
    assertThat(queue.spool.find(message.id()).orElseThrow().held()).isFalse();

    queue.pass(Duration.ofDays(2));

    StoredMessage kept = queue.spool.find(message.id()).orElseThrow();
    assertThat(kept.held()).isTrue();
    assertThat(kept.pending()).hasSize(2);
  }

  @Test
  void aDestinationRateDelayLetsOneDeliveryStartAfterEachPause() {
    TestQueue queue = TestQueue.of("smtp_destination_rate_delay=10s");
    for (int i = 0; i < 3; i++) {
      queue.submit("me@example.test", "u" + i + "@slow.test");
    }
    queue.submit("me@example.test", "a@other.test");
    assertThat(queue.smtp.recipients()).containsExactly("u0@slow.test", "a@other.test");

    queue.pass(Duration.ofMillis(9_999));
    assertThat(queue.smtp.recipients()).hasSize(2);
    queue.pass(Duration.ofMillis(1));
    assertThat(queue.smtp.recipients()).endsWith("u1@slow.test").hasSize(3);
    queue.pass(Duration.ofSeconds(10));

    assertThat(queue.smtp.recipients()).endsWith("u2@slow.test").hasSize(4);
  }

  @Test
  void aTransportRateDelayCountsForAllItsDestinations() {
    TestQueue queue = TestQueue.of("smtp_transport_rate_delay=1m");
    queue.submit("me@example.test", "a@one.test", "b@two.test");
    queue.submit("me@example.test", "c@example.test");
    assertThat(queue.smtp.requests()).hasSize(1);
    assertThat(queue.local.requests()).hasSize(1);

    queue.pass(Duration.ofMinutes(1));

    assertThat(queue.smtp.recipients()).containsExactly("a@one.test", "b@two.test");
  }

  @Test
  void aReloadEndsARateDelayAndDoesNotLoseWhatWaits() {
    TestQueue queue = TestQueue.of("default_destination_rate_delay=1h");
    queue.submit("me@example.test", "a@one.test");
    queue.submit("me@example.test", "b@one.test");
    assertThat(queue.smtp.requests()).hasSize(1);

    queue.settings.put("default_destination_rate_delay", "0");
    queue.manager.reload(queue.setup());
    queue.settle();

    assertThat(queue.smtp.recipients()).containsExactly("a@one.test", "b@one.test");
  }

  @Test
  void mailOfADeferredTransportWaitsForAFlush() {
    TestQueue queue = TestQueue.of("defer_transports=smtp");
    queue.submit("me@example.test", "a@one.test", "b@example.test");

    queue.pass(Duration.ofDays(1));
    assertThat(queue.smtp.requests()).isEmpty();
    assertThat(queue.local.recipients()).containsExactly("b@example.test");
    assertThat(String.join("\n", queue.log.text()))
        .contains("dsn=4.3.2, status=deferred (deferred transport)");

    queue.manager.flush();
    queue.settle();
    assertThat(queue.smtp.recipients()).containsExactly("a@one.test");
  }

  @Test
  void aMessageOnHoldIsTriedByNoFlushAndNoStart() throws InterruptedException {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave(FakeTransport::failToConnect);
    StoredMessage message = queue.submit("me@example.test", "a@one.test");
    assertThat(queue.manager.hold(message.id())).isTrue();

    queue.manager.flush();
    assertThat(queue.manager.flush(message.id())).isFalse();
    assertThat(queue.manager.flushSite("one.test")).isZero();
    queue.manager.reload(queue.setup());
    queue.settle();
    TestQueue after = queue.restarted();
    after.manager.flush();
    after.settle();
    after.pass(Duration.ofDays(7));

    assertThat(queue.smtp.requests()).hasSize(1);
    assertThat(after.smtp.requests()).isEmpty();
    assertThat(after.spool.messages()).hasSize(1);
  }
}
