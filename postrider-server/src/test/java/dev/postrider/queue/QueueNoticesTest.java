package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.spool.Mark;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom the queue tells, when, and what is kept when nobody can be told. */
class QueueNoticesTest {
  private static final Duration BACKOFF = Duration.ofSeconds(300);

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

    assertThat(queue.manager.orders().release(kept.id())).isTrue();
    queue.settle();
    assertThat(queue.spool.find(kept.id()).orElseThrow().held()).isTrue();
    queue.smtp.behave(FakeTransport::accept);
    assertThat(queue.manager.orders().release(kept.id())).isTrue();
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

    queue.manager.orders().expire(message.id());
    queue.manager.orders().flush();
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
}
