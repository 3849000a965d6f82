package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.event.Event;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the queue tells the event log. */
class QueueEventsTest {
  private static List<String> about(TestQueue queue, StoredMessage message) {
    return queue.events.stream()
        .map(event ->
            switch (event) {
              case Event.Attempt attempt when attempt.id().equals(message.id()) ->
                  attempt.status() + " " + attempt.recipient() + " " + attempt.to();
              case Event.Deferred deferred when deferred.id().equals(message.id()) -> "deferred";
              case Event.Returned returned when returned.id().equals(message.id()) ->
                  "returned " + returned.recipients();
              case Event.Ended ended when ended.id().equals(message.id()) -> "end " + ended.how();
              default -> "";
            })
        .filter(text -> !text.isEmpty())
        .toList();
  }

  @Test
  void everyRecipientAndOneEndAreTold() {
    TestQueue queue = TestQueue.of();

    StoredMessage message = queue.submit("a@b.test", "x@far.test", "y@far.test");

    assertThat(about(queue, message))
        .containsExactly("sent 0 x@far.test", "sent 1 y@far.test", "end DELIVERED");
  }

  @Test
  void aRefusalIsReturnedWhenTheNoticeIsStoredAndNotBefore() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave((request, sink) -> {
      for (Recipient recipient : request.recipients()) {
        boolean bad = recipient.mailbox().localPart().equals("bad");
        sink.report(recipient, bad ? FakeTransport.bounced() : FakeTransport.sent());
      }
    });
    queue.intakeFull = true;

    StoredMessage message = queue.submit("a@b.test", "bad@far.test", "y@far.test");
    assertThat(about(queue, message))
        .containsExactly("bounced 0 bad@far.test", "sent 1 y@far.test", "deferred");
    queue.intakeFull = false;
    queue.pass(Duration.ofHours(1));

    BitSet first = new BitSet();
    first.set(0);
    assertThat(about(queue, message))
        .endsWith("bounced 0 bad@far.test", "returned " + first, "end RETURNED");
  }

  @Test
  void aMessageThatIsDeletedInMidDeliveryEndsOnce() {
    TestQueue queue = TestQueue.of();
    queue.smtp.behave((request, sink) -> {
      queue
          .manager
          .listing()
          .in(java.util.Set.of(QueueView.Queue.ACTIVE))
          .forEach(queue.manager.orders()::delete);
      FakeTransport.accept(request, sink);
    });

    StoredMessage message = queue.submit("a@b.test", "x@far.test");

    // The deletion is told by whoever asked for it.
    assertThat(about(queue, message)).containsExactly("sent 0 x@far.test");
  }
}
