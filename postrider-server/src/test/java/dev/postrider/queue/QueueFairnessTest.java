package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** That a long line delays nobody who does not stand in it. */
class QueueFairnessTest {
  /** One delivery a second: a backlog that moves as the test lets time pass. */
  private static final String[] SLOW = {
    "smtp_destination_rate_delay=1s", "relayhost=[relay.test]", "qmgr_message_active_limit=400"
  };

  private static List<String> mailing(TestQueue queue, int count, String sender) {
    List<String> recipients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String recipient = "r" + i + "@list.test";
      recipients.add(recipient);
      queue.submit(sender.replace("#", String.valueOf(i)), recipient);
    }
    return recipients;
  }

  private static void assertSoon(TestQueue queue, String recipient, int seconds) {
    queue.pass(Duration.ofSeconds(seconds));
    assertThat(queue.smtp.recipients()).contains(recipient);
  }

  @Test
  void aMailingDoesNotDelayAnotherSendersLetterToTheSameHost() {
    TestQueue queue = TestQueue.of(SLOW);
    mailing(queue, 1000, "news@list.example.test");

    queue.submit("reset@example.test", "you@remote.test");

    assertSoon(queue, "you@remote.test", 3);
  }

  @Test
  void senderAddressesMadeForEachMessageCountAsOne() {
    TestQueue queue = TestQueue.of(SLOW);
    mailing(queue, 1000, "news-#=reader@list.example.test");

    queue.submit("reset@example.test", "you@remote.test");

    assertSoon(queue, "you@remote.test", 3);
  }

  @Test
  void aMailingDoesNotDelayALetterOfItsOwnSender() {
    TestQueue queue = TestQueue.of(SLOW);
    mailing(queue, 1000, "app@example.test");
    queue.pass(Duration.ofSeconds(300));

    queue.submit("app@example.test", "you@remote.test");

    // It waits outside the active set first: until half of the line in memory is gone.
    assertSoon(queue, "you@remote.test", 40);
  }

  @Test
  void aSenderWhoHasJustComeDoesNotWaitBehindManyWithLongLines() {
    TestQueue queue = TestQueue.of(SLOW);
    for (int round = 0; round < 5; round++) {
      for (char sender = 'a'; sender <= 'z'; sender++) {
        queue.submit(sender + "@example.test", "r" + round + sender + "@list.test");
      }
    }
    queue.pass(Duration.ofSeconds(60));

    queue.submit("reset@example.test", "you@remote.test");

    assertSoon(queue, "you@remote.test", 3);
  }

  @Test
  void aBacklogForOneHostLeavesRoomForMailToOthers() {
    TestQueue queue =
        TestQueue.of("smtp_destination_rate_delay=1h", "qmgr_message_active_limit=40");
    for (char sender = 'a'; sender <= 'z'; sender++) {
      mailing(queue, 20, sender + "@example.test");
    }

    queue.submit("me@example.test", "you@fast.test");

    assertThat(queue.smtp.recipients()).containsExactly("r0@list.test", "you@fast.test");
  }

  @Test
  void whatWaitsOutsideTheActiveSetIsDeliveredOnceEach() {
    TestQueue queue =
        TestQueue.of(
            "smtp_destination_rate_delay=1s",
            "relayhost=[relay.test]",
            "qmgr_message_active_limit=40");
    List<String> recipients = mailing(queue, 300, "news@example.test");
    recipients.addAll(mailing(queue, 300, "u#@example.test"));

    queue.pass(Duration.ofSeconds(700));

    assertThat(queue.smtp.recipients()).containsExactlyInAnyOrderElementsOf(recipients);
    assertThat(queue.spool.messages()).isEmpty();
    assertThat(queue.manager.remembered()).isZero();
  }

  @Test
  void aMessageIsCalledActiveOnceThoughItWaitedOutside() {
    TestQueue queue =
        TestQueue.of(
            "smtp_destination_rate_delay=1s",
            "relayhost=[relay.test]",
            "qmgr_message_active_limit=40");
    mailing(queue, 100, "news@example.test");

    queue.pass(Duration.ofSeconds(200));

    assertThat(queue.log.text()).filteredOn(each -> each.contains("(queue active)")).hasSize(100);
  }

  @Test
  void deathOfTheHostDefersWhatWaitsOutsideAsWell() {
    TestQueue queue =
        TestQueue.of(
            "smtp_destination_rate_delay=1s",
            "initial_destination_concurrency=1",
            "relayhost=[relay.test]",
            "qmgr_message_active_limit=40");
    mailing(queue, 200, "news@example.test");
    queue.smtp.behave(FakeTransport::failToConnect);

    queue.pass(Duration.ofSeconds(2));

    assertThat(queue.spool.messages())
        .allMatch(message -> message.attempts() == 1)
        .hasSizeBetween(195, 199);
    queue.smtp.behave(FakeTransport::accept);
    queue.manager.orders().flush();
    queue.settle();
    queue.pass(Duration.ofSeconds(300));
    assertThat(queue.spool.messages()).isEmpty();
    assertThat(new HashSet<>(queue.smtp.recipients())).hasSize(200);
  }

  @Test
  void aReloadSendsWhatWaitsTheNewWay() {
    TestQueue queue =
        TestQueue.of(
            "smtp_destination_rate_delay=1h",
            "relayhost=[old.test]",
            "qmgr_message_active_limit=40");
    mailing(queue, 200, "news@example.test");
    assertThat(queue.smtp.requests()).hasSize(1);

    queue.settings.put("relayhost", "[new.test]");
    queue.settings.put("smtp_destination_rate_delay", "0");
    queue.manager.reload(queue.setup());
    queue.settle();

    assertThat(queue.smtp.requests()).hasSize(200);
    assertThat(queue.smtp.requests().subList(1, 200))
        .allMatch(request -> request.nextHop().destination().equals("[new.test]"));
    assertThat(queue.spool.messages()).isEmpty();
  }

  @Test
  void anyMixOfWaitingHoldingDeletingAndReloadingEndsWithEachDeliveredOnce() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      TestQueue queue =
          TestQueue.of(
              "smtp_destination_rate_delay=1s",
              "initial_destination_concurrency=1",
              "minimal_backoff_time=10s",
              "maximal_backoff_time=20s",
              "queue_run_delay=5s",
              "qmgr_message_active_limit=" + (5 + random.nextInt(60)));
      List<StoredMessage> stored = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      List<String> delivered = new ArrayList<>();
      queue.smtp.behave(accepting(delivered));
      for (int i = 0; i < 150; i++) {
        String recipient = "r" + i + "@" + "abc".charAt(random.nextInt(3)) + ".test";
        expected.add(recipient);
        stored.add(queue.submit("s" + random.nextInt(3) + "x@example.test", recipient));
        step(queue, random, stored, expected, delivered);
      }

      queue.smtp.behave(accepting(delivered));
      for (StoredMessage each : stored) {
        queue.manager.orders().release(each.id());
      }
      queue.settle();
      queue.pass(Duration.ofMinutes(10));

      assertThat(queue.spool.messages()).as("seed " + seed).isEmpty();
      assertThat(delivered).as("seed " + seed).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static FakeTransport.Behaviour accepting(List<String> delivered) {
    return (request, sink) -> {
      delivered.add(request.recipients().getFirst().mailbox().internal());
      FakeTransport.accept(request, sink);
    };
  }

  private static void step(
      TestQueue queue,
      Random random,
      List<StoredMessage> stored,
      List<String> expected,
      List<String> delivered) {
    int which = random.nextInt(stored.size());
    switch (random.nextInt(12)) {
      case 0 -> queue.manager.orders().hold(stored.get(which).id());
      case 1 -> queue.manager.orders().release(stored.get(which).id());
      case 2 -> {
        if (queue.manager.orders().delete(stored.get(which).id())) {
          expected.remove(
              stored.get(which).envelope().recipients().getFirst().mailbox().internal());
        }
      }
      case 3 -> queue.manager.reload(queue.setup());
      case 4 -> queue.manager.orders().flush();
      case 5 -> queue.manager.orders().flush(stored.get(which).id());
      case 6 -> queue.smtp.behave(FakeTransport::failToConnect);
      case 7, 8 -> queue.smtp.behave(accepting(delivered));
      default -> queue.pass(Duration.ofMillis(random.nextInt(3000)));
    }
    queue.settle();
  }
}
