package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Parts;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A recipient who stands for several. */
final class PartsTest {
  private final List<Parts.Part> parts = new ArrayList<>();

  private TestQueue queue(String... settings) {
    TestQueue queue = TestQueue.of(settings);
    queue.smtp.behave((request, sink) -> {
      for (Recipient each : request.recipients()) {
        sink.report(each, new Parts(parts, DeliveryStatus.Completion.EXPANDED));
      }
    });
    return queue;
  }

  private void part(String address, DeliveryStatus status, String... owner) {
    parts.add(
        new Parts.Part(
            Recipient.of(TestQueue.mailbox(address)),
            status,
            owner.length == 0 ? null : TestQueue.mailbox(owner[0])));
  }

  private static String log(TestQueue queue) {
    return String.join("\n", queue.log.text());
  }

  @Test
  void eachHasItsLineAndTheMessageIsDone() {
    part("one@dest.test", FakeTransport.sent());
    part("two@dest.test", FakeTransport.sent());
    TestQueue queue = queue();

    StoredMessage message = queue.submit("me@example.test", "list@dest.test");

    assertThat(log(queue))
        .contains("to=<one@dest.test>")
        .contains("to=<two@dest.test>")
        .doesNotContain("to=<list@dest.test>")
        .contains(": removed");
    assertThat(queue.spool.find(message.id())).isEmpty();
    assertThat(queue.notices).isEmpty();
  }

  @Test
  void noPartAtAllIsDoneToo() {
    TestQueue queue = queue();

    StoredMessage message = queue.submit("me@example.test", "list@dest.test");

    assertThat(queue.spool.find(message.id())).isEmpty();
  }

  @Test
  void theSenderHearsOfTheRefusedOnesByName() {
    part("one@dest.test", FakeTransport.sent());
    part("bad@dest.test", FakeTransport.bounced());
    TestQueue queue = queue();

    StoredMessage message = queue.submit("me@example.test", "list@dest.test");

    assertThat(queue.noticeTexts).hasSize(1);
    assertThat(queue.noticeTexts.getFirst())
        .contains("Final-Recipient: rfc822; bad@dest.test")
        .doesNotContain("one@dest.test");
    assertThat(queue.spool.find(message.id())).isEmpty();
  }

  @Test
  void whileOneWaitsNothingIsReportedAndAtTheEndAllIs() {
    part("slow@dest.test", FakeTransport.greylisted());
    part("bad@dest.test", FakeTransport.bounced());
    TestQueue queue = queue("maximal_queue_lifetime=1h");

    StoredMessage message = queue.submit("me@example.test", "list@dest.test", "b@other.test");

    assertThat(queue.spool.find(message.id())).isPresent();
    assertThat(queue.noticeTexts).isEmpty();

    queue.pass(Duration.ofHours(2));

    assertThat(queue.spool.find(message.id())).isEmpty();
    assertThat(String.join("\n", queue.noticeTexts))
        .contains("Final-Recipient: rfc822; slow@dest.test")
        .contains("Final-Recipient: rfc822; bad@dest.test");
  }

  @Test
  void theOwnerHearsOfWhatIsTheOwners() {
    part("list@dest.test", FakeTransport.bounced(), "owner@example.test");
    part("bad@dest.test", FakeTransport.bounced());
    TestQueue queue = queue();

    StoredMessage message = queue.submit("me@example.test", "list@dest.test");

    assertThat(queue.notices)
        .extracting(notice -> notice.envelope().recipients().getFirst().mailbox().internal())
        .containsExactlyInAnyOrder("owner@example.test", "me@example.test");
    assertThat(queue.spool.find(message.id())).isEmpty();
  }

  @Test
  void aNoticeToAnOwnerThatCannotBeStoredIsOwedStill() {
    part("list@dest.test", FakeTransport.bounced(), "owner@example.test");
    TestQueue queue = queue();
    queue.intakeFull = true;

    StoredMessage message = queue.submit("me@example.test", "list@dest.test");
    assertThat(queue.spool.find(message.id())).isPresent();

    queue.intakeFull = false;
    queue.pass(Duration.ofHours(1));

    assertThat(queue.notices).hasSize(1);
    assertThat(queue.spool.find(message.id())).isEmpty();
  }

  @Test
  void softBounceKeepsAll() {
    part("bad@dest.test", FakeTransport.bounced());
    TestQueue queue = queue("soft_bounce=yes");

    StoredMessage message = queue.submit("me@example.test", "list@dest.test");

    assertThat(log(queue)).contains("dsn=4.1.1, status=SOFTBOUNCE");
    assertThat(queue.spool.find(message.id())).isPresent();
  }
}
