package dev.postrider.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.spool.QueueId;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each planted violation is found, and nothing else is. */
class LedgerTest {
  private static final Instant BEGIN = Instant.parse("2026-11-25T04:40:00Z");
  private static final QueueId ID = new QueueId(BEGIN.toEpochMilli() * 1000 + 60_000_000L);

  private final Ledger ledger = new Ledger();
  private final JsonLine json = new JsonLine();
  private final EventEncoder encoder = new EventEncoder(json, true);

  LedgerTest() {
    take(new Event.Started("test", "1", 1, Event.Previous.NONE));
  }

  private void take(Event... events) {
    for (Event event : events) {
      json.clear();
      encoder.write(BEGIN.toEpochMilli(), event);
      EventLine line = new EventLine();
      assertThat(line.take(json.bytes(), 0, json.size() - 1)).isTrue();
      ledger.take(line);
    }
  }

  private static Event accepted(int recipients) {
    return new Event.Accepted(
        ID, new Event.Source.Own(), "a@x.test", recipients, List.of("b@y.test"), 1, "");
  }

  private static Event sent(int recipient) {
    return EventLogTest.sent(ID, recipient);
  }

  private static Event ended(Event.Ending how) {
    return new Event.Ended(ID, how);
  }

  private static Event crash() {
    return new Event.Started("test", "1", 1, Event.Previous.CRASHED);
  }

  private static BitSet set(int... numbers) {
    BitSet set = new BitSet();
    for (int number : numbers) {
      set.set(number);
    }
    return set;
  }

  @Test
  void aDeliveredMessageIsAccountedFor() {
    take(accepted(1), sent(0), ended(Event.Ending.DELIVERED));

    assertThat(ledger.fault(ID, false)).isNull();
    assertThat(ledger.findings()).isEmpty();
  }

  @Test
  void oneThatWaitsIsAccountedForByTheQueueAlone() {
    take(accepted(1), new Event.Deferred(ID, BEGIN.toEpochMilli()));

    assertThat(ledger.fault(ID, true)).isNull();
    assertThat(ledger.fault(ID, false)).contains("neither in the queue nor");
  }

  @Test
  void aRemovedEndIsFound() {
    take(accepted(1), sent(0));

    assertThat(ledger.fault(ID, false)).contains("neither in the queue nor");
  }

  @Test
  void aRemovedAcceptanceIsFound() {
    take(sent(0), ended(Event.Ending.DELIVERED));

    assertThat(ledger.fault(ID, false)).isEqualTo("ended, but was never accepted");
    assertThat(ledger.fault(new QueueId(ID.micros() + 1), true))
        .isEqualTo("is in the queue, but was never accepted");
  }

  @Test
  void oneOlderThanTheLogNeedsNoAcceptance() {
    QueueId old = new QueueId(BEGIN.toEpochMilli() * 1000 - 1);
    take(new Event.Ended(old, Event.Ending.DELIVERED));

    assertThat(ledger.fault(old, false)).isNull();
  }

  @Test
  void aDoubledAcceptanceIsFound() {
    take(accepted(1), accepted(1), sent(0), ended(Event.Ending.DELIVERED));

    assertThat(ledger.fault(ID, false)).isEqualTo("was accepted 2 times");
  }

  @Test
  void aDoubledEndIsFound() {
    take(accepted(1), sent(0), ended(Event.Ending.DELIVERED), ended(Event.Ending.DELIVERED));

    assertThat(ledger.fault(ID, false)).isEqualTo("ended 2 times");
    assertThat(ledger.contradictsItself(ID)).isTrue();
  }

  @Test
  void anEndedMessageInTheQueueIsFound() {
    take(accepted(1), sent(0), ended(Event.Ending.DELIVERED));

    assertThat(ledger.fault(ID, true)).isEqualTo("ended, but is in the queue");
  }

  @Test
  void aForgottenRecipientIsFound() {
    take(accepted(3), sent(0), new Event.Returned(ID, set(2)), ended(Event.Ending.RETURNED));

    assertThat(ledger.findings())
        .extracting(Finding::reason)
        .containsExactly("ended as returned, but of 3 recipients only 2 are done");
  }

  @Test
  void aRefusalWithoutANoticeIsNoEndOfARecipient() {
    Event bounced =
        new Event.Attempt(ID, 0, "b@y", "b@y", "bounced", "smtp", "none", "5.0.0", "no", 1);
    take(accepted(1), bounced, ended(Event.Ending.RETURNED));

    assertThat(ledger.findings()).hasSize(1);
  }

  @Test
  void aRecipientServedTwiceIsFound() {
    take(accepted(2), sent(0), sent(0), sent(1), ended(Event.Ending.DELIVERED));

    assertThat(ledger.findings())
        .extracting(Finding::reason)
        .containsExactly("recipient 0 was served twice, without a crash between");
  }

  @Test
  void aCrashExplainsARepetition() {
    take(accepted(2), sent(0), crash(), sent(0), sent(1), ended(Event.Ending.DELIVERED));

    assertThat(ledger.findings()).isEmpty();
    assertThat(ledger.countOf("repeated")).isEqualTo(1);
    assertThat(ledger.fault(ID, false)).isNull();
  }

  @Test
  void aCrashDoesNotExplainWhatHappensTwiceAfterIt() {
    take(accepted(2), sent(0), crash(), sent(1), sent(1), ended(Event.Ending.DELIVERED));

    assertThat(ledger.findings()).hasSize(1);
  }

  @Test
  void anEndThatACrashUndidMayHappenAgain() {
    take(accepted(2), sent(0), sent(1), ended(Event.Ending.DELIVERED), crash());
    take(new Event.Recovered(ID, Event.Recovery.BACK, "a@x.test", 2, set(0)));
    assertThat(ledger.fault(ID, true)).isNull();
    take(sent(1), ended(Event.Ending.DELIVERED));

    assertThat(ledger.fault(ID, false)).isNull();
    assertThat(ledger.findings()).isEmpty();
    assertThat(ledger.countOf("repeated")).isEqualTo(1);
  }

  @Test
  void deliveryAfterTheEndIsFoundUnlessAnAdministratorTookTheMessageAway() {
    take(accepted(1), ended(Event.Ending.DELETED), sent(0));
    assertThat(ledger.findings()).isEmpty();

    QueueId other = new QueueId(ID.micros() + 5);
    take(
        new Event.Accepted(other, new Event.Source.Own(), "", 1, List.of(), 1, ""),
        EventLogTest.sent(other, 0),
        new Event.Ended(other, Event.Ending.DELIVERED),
        EventLogTest.sent(other, 0));
    assertThat(ledger.findings()).extracting(Finding::id).containsExactly(other);
  }

  @Test
  void whoWasServedFromAnotherQueueIsAccountedFor() {
    Event.Source from = new Event.Source.Imported(0, "A1", set(0, 2));
    take(
        new Event.Accepted(ID, from, "a@x.test", 3, List.of(), 1, ""),
        sent(1),
        ended(Event.Ending.DELIVERED));
    QueueId single = new QueueId(ID.micros() + 1);
    take(
        new Event.Accepted(
            single, new Event.Source.Imported(0, "A2", set(0)), "", 1, List.of(), 1, ""),
        new Event.Ended(single, Event.Ending.DELIVERED));

    assertThat(ledger.fault(ID, false)).isNull();
    assertThat(ledger.fault(single, false)).isNull();
    assertThat(ledger.findings()).isEmpty();
  }

  @Test
  void whatIsMissingAfterDamageIsAFault() {
    take(accepted(1), crash(), new Event.Damage(1), new Event.Gone(ID, true));

    assertThat(ledger.fault(ID, false)).contains("quarantine");
  }

  @Test
  void aMillionMessagesFitInSeventyMegabytes() {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc();
    long before = runtime.totalMemory() - runtime.freeMemory();
    for (int i = 1; i <= 1_000_000; i++) {
      QueueId id = new QueueId(ID.micros() + i);
      take(new Event.Accepted(id, new Event.Source.Own(), "", 1, List.of(), 1, ""));
      if (i % 2 == 0) {
        take(EventLogTest.sent(id, 0), new Event.Ended(id, Event.Ending.DELIVERED));
      }
    }
    runtime.gc();
    long after = runtime.totalMemory() - runtime.freeMemory();

    assertThat(ledger.size()).isEqualTo(1_000_000);
    assertThat(after - before).isLessThan(70_000_000);
  }
}
