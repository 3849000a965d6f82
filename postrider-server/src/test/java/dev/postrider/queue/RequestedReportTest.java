package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.StatusSink;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Probes, traced deliveries and reports about success: what senders ask to hear. */
class RequestedReportTest {
  private static final DsnRequest SUCCESS =
      new DsnRequest(Set.of(DsnRequest.Event.SUCCESS), "rfc822;first@dest.test");

  private final TestQueue queue = TestQueue.of();

  private StoredMessage submit(Envelope envelope) {
    StoredMessage message = queue.store(envelope, "Subject: hello\n\ntext\n");
    queue.manager.submit(message);
    queue.settle();
    return message;
  }

  private StoredMessage submit(Envelope.Purpose purpose, String... recipients) {
    return submit(TestQueue.envelope("me@example.test", recipients).withPurpose(purpose));
  }

  private StoredMessage submit(DsnRequest request, String... recipients) {
    Envelope plain = TestQueue.envelope("me@example.test", recipients);
    List<Recipient> asking = new ArrayList<>();
    for (Recipient each : plain.recipients()) {
      asking.add(new Recipient(each.mailbox(), each.original(), request));
    }
    return submit(plain.withRecipients(asking));
  }

  private String log() {
    return String.join("\n", queue.log.text());
  }

  private static void complete(
      DeliveryRequest request, StatusSink sink, DeliveryStatus.Completion completion) {
    for (Recipient each : request.recipients()) {
      sink.report(
          each,
          new DeliveryStatus.Sent(
              EnhancedStatusCode.of("2.0.0"),
              "250 2.0.0 Ok",
              DeliveryStatus.Attempt.here("smtp", "mx.test[192.0.2.1]:25"),
              completion));
    }
  }

  /** One recipient by name: good, bad or slow. */
  private static void byName(DeliveryRequest request, StatusSink sink) {
    for (Recipient each : request.recipients()) {
      sink.report(
          each,
          switch (each.mailbox().localPart()) {
            case "bad" -> FakeTransport.bounced();
            case "slow" -> FakeTransport.greylisted();
            default -> FakeTransport.sent();
          });
    }
  }

  @Test
  void aProbeDeliversNothingAndIsReported() {
    queue.smtp.behaveWhenProbed(RequestedReportTest::byName);

    StoredMessage probe =
        submit(Envelope.Purpose.PROBE, "good@dest.test", "bad@dest.test", "slow@dest.test");

    assertThat(queue.smtp.requests()).isEmpty();
    assertThat(log())
        .contains("to=<good@dest.test>")
        .contains("dsn=2.0.0, status=deliverable (250 2.0.0 Ok)")
        .contains("dsn=5.1.1, status=undeliverable (host mx.test")
        .contains("dsn=4.7.1, status=undeliverable (host mx.test")
        .contains("sender delivery status notification: ");
    assertThat(queue.noticeTexts).hasSize(1);
    assertThat(queue.noticeTexts.getFirst())
        .contains("Subject: Mail Delivery Status Report\n")
        .contains("<good@dest.test>: delivery via mx.test[192.0.2.1]:25: 250 2.0.0 Ok\n")
        .contains("Action: deliverable\nStatus: 2.0.0\n")
        .contains("Action: undeliverable\nStatus: 5.1.1\n")
        .contains("Action: undeliverable\nStatus: 4.7.1\n")
        .contains("Content-Description: Message Headers\n")
        .contains("Subject: hello\n")
        .doesNotContain("text\n\n--");
    assertThat(queue.spool.find(probe.id())).isEmpty();
  }

  @Test
  void aProbeWhoseReportCannotBeStoredIsRepeated() {
    queue.smtp.behaveWhenProbed(RequestedReportTest::byName);
    queue.intakeFull = true;
    StoredMessage probe = submit(Envelope.Purpose.PROBE, "good@dest.test");
    assertThat(queue.spool.find(probe.id())).isPresent();

    queue.intakeFull = false;
    queue.pass(Duration.ofHours(1));

    assertThat(queue.noticeTexts).hasSize(1);
    assertThat(queue.smtp.requests()).isEmpty();
    assertThat(queue.spool.find(probe.id())).isEmpty();
  }

  @Test
  void aTransportThatCannotProbeSaysSoAndDeliversNothing() {
    StoredMessage probe = submit(Envelope.Purpose.PROBE, "good@dest.test");

    assertThat(queue.smtp.requests()).isEmpty();
    assertThat(log())
        .contains("status=undeliverable (transport smtp cannot tell without delivering)");
    assertThat(queue.spool.find(probe.id())).isEmpty();
  }

  @Test
  void aTracedDeliveryIsReportedOnceWithEveryFate() {
    queue.smtp.behave(RequestedReportTest::byName);

    submit(Envelope.Purpose.TRACED_DELIVERY, "good@dest.test", "bad@dest.test", "slow@dest.test");

    assertThat(queue.noticeTexts).hasSize(2);
    assertThat(queue.noticeTexts.getFirst())
        .contains("Subject: Undelivered Mail Returned to Sender\n");
    assertThat(queue.noticeTexts.get(1))
        .contains("Subject: Mail Delivery Status Report\n")
        .contains("Action: delivered\nStatus: 2.0.0\n")
        .contains("Action: failed\nStatus: 5.1.1\n")
        .contains("Action: delayed\nStatus: 4.7.1\n");

    queue.pass(Duration.ofHours(1));
    assertThat(queue.smtp.requests().size()).isGreaterThan(1);
    assertThat(queue.noticeTexts).hasSize(2);
  }

  @Test
  void successIsReportedWhenAskedForOfMailboxesAndServersThatDoNotReport() {
    queue.smtp.behave(
        (request, sink) -> complete(request, sink, DeliveryStatus.Completion.RELAYED));

    StoredMessage message = submit(SUCCESS, "first@dest.test", "own@example.test");

    assertThat(queue.noticeTexts).hasSize(1);
    assertThat(queue.noticeTexts.getFirst())
        .contains("Subject: Successful Mail Delivery Report\n")
        .contains("Original-Recipient: rfc822;first@dest.test\nAction: relayed\nStatus: 2.0.0\n")
        .contains("Final-Recipient: rfc822; own@example.test\n")
        .contains("Action: delivered\n");
    assertThat(queue.spool.find(message.id())).isEmpty();
  }

  @Test
  void aServerThatReportsItselfIsLeftToDoSo() {
    queue.smtp.behave(
        (request, sink) -> complete(request, sink, DeliveryStatus.Completion.PASSED_ON));

    StoredMessage message = submit(SUCCESS, "first@dest.test");

    assertThat(queue.noticeTexts).isEmpty();
    assertThat(queue.spool.find(message.id())).isEmpty();
  }

  @Test
  void anExpandedAliasIsReportedAsSuch() {
    queue.local.behave(
        (request, sink) -> complete(request, sink, DeliveryStatus.Completion.EXPANDED));

    submit(SUCCESS, "team@example.test");

    assertThat(queue.noticeTexts.getFirst()).contains("Action: expanded\n", "alias expanded");
  }

  @Test
  void withoutARequestNobodyHearsOfSuccess() {
    submit(DsnRequest.DEFAULT, "first@dest.test");

    assertThat(queue.noticeTexts).isEmpty();
  }
}
