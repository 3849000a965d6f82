package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How much goes out at once, and what one destination's trouble means to the others. */
class QueueLimitsTest {
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
    queue.manager.orders().flush();
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

    queue.manager.orders().flush();
    queue.settle();
    assertThat(queue.smtp.recipients()).containsExactly("a@one.test");
  }
}
