package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Spool} promises, whatever it is made of. */
abstract class SpoolContract {
  static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123456Z");

  Spool spool;

  abstract Spool open() throws IOException;

  @BeforeEach
  void openSpool() throws IOException {
    spool = open();
  }

  @AfterEach
  void closeSpool() throws IOException {
    spool.close();
  }

  @Test
  void aCommittedMessageIsThereAsItWasStored() throws IOException {
    byte[] content = "Subject: x\n\nbody\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    StoredMessage stored = Samples.store(spool, Samples.fullEnvelope(), content);

    StoredMessage found = spool.find(stored.id()).orElseThrow();
    assertThat(found.envelope()).isEqualTo(Samples.fullEnvelope()).isEqualTo(stored.envelope());
    assertThat(Samples.read(found)).isEqualTo(content).isEqualTo(Samples.read(stored));
    assertThat(found.size()).isEqualTo(content.length).isEqualTo(stored.size());
    assertThat(found.arrival()).isEqualTo(stored.arrival()).isEqualTo(found.nextAttempt());
    assertThat(found.pending()).isEqualTo(stored.pending()).hasSize(3);
    assertThat(found.pending().getFirst()).isEqualTo(new StoredMessage.Pending(0, ""));
    assertThat(found.held()).isFalse();
    assertThat(found.attempts()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8191, 8192, 8193, 262_143, 262_144, 262_145, 3_000_001})
  void contentOfEverySizeComesBack(int size) throws IOException {
    byte[] content = Samples.content(new Random(size), size);

    StoredMessage stored = Samples.store(spool, Samples.envelope(1), content);

    assertThat(Samples.read(spool.find(stored.id()).orElseThrow())).isEqualTo(content);
    assertThat(Samples.read(stored)).isEqualTo(content);
  }

  @Test
  void contentWrittenByteByByteIsTheSame() throws IOException {
    byte[] content = Samples.content(new Random(3), 20_000);
    StoredMessage stored;
    try (Draft draft = spool.draft()) {
      for (byte each : content) {
        draft.content().write(each);
      }
      stored = draft.commit(Samples.envelope(1));
    }

    assertThat(Samples.read(spool.find(stored.id()).orElseThrow())).isEqualTo(content);
  }

  @Test
  void theNullSenderStaysNull() throws IOException {
    Envelope envelope = Samples.envelope(2).withSender(new ReversePath.Null());

    StoredMessage stored = Samples.store(spool, envelope, new byte[3]);

    assertThat(spool.find(stored.id()).orElseThrow().envelope()).isEqualTo(envelope);
  }

  @Test
  void aClosedDraftLeavesNothing() throws IOException {
    QueueId id;
    try (Draft draft = spool.draft()) {
      draft.content().write(new byte[300_000]);
      id = draft.id();
    }

    assertThat(spool.find(id)).isEmpty();
    assertThat(spool.messages()).isEmpty();
  }

  @Test
  void aDraftIsCommittedOnce() throws IOException {
    try (Draft draft = spool.draft()) {
      draft.commit(Samples.envelope(1));

      assertThatThrownBy(() -> draft.commit(Samples.envelope(1)))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(spool.messages()).hasSize(1);
  }

  @Test
  void aMessageOfAnotherQueueKeepsItsPast() throws IOException {
    Carried past =
        new Carried(
            NOON.minusSeconds(86_400),
            List.of(new StoredMessage.Pending(1, "come back later")),
            true,
            true,
            Set.of(Mark.WARNED),
            3,
            NOON);
    StoredMessage stored;
    try (Draft draft = spool.draft()) {
      draft.content().write(new byte[700]);
      stored = draft.commit(Samples.fullEnvelope(), past);
    }

    StoredMessage found = spool.find(stored.id()).orElseThrow();
    assertThat(Carried.of(found)).isEqualTo(past).isEqualTo(Carried.of(stored));
    assertThat(found.envelope()).isEqualTo(Samples.fullEnvelope());
    spool.defer(stored.id(), List.of(new StoredMessage.Pending(1, "again")), NOON.plusSeconds(900));
    StoredMessage deferred = spool.find(stored.id()).orElseThrow();
    assertThat(deferred.attempts()).isEqualTo(4);
    assertThat(deferred.pending()).containsExactly(new StoredMessage.Pending(1, "again"));
  }

  @Test
  void aPastOfRecipientsWhoAreNotThereIsRefused() throws IOException {
    Carried past =
        new Carried(
            NOON, List.of(new StoredMessage.Pending(5, "")), false, false, Set.of(), 0, NOON);
    try (Draft draft = spool.draft()) {
      assertThatThrownBy(() -> draft.commit(Samples.envelope(2), past))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(spool.messages()).isEmpty();
  }

  @Test
  void doneRecipientsNoLongerWait() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(5), new byte[1]).id();

    spool.done(id, 1);
    spool.done(id, 3);
    spool.done(id, 3);

    assertThat(indexes(id)).containsExactly(0, 2, 4);
    assertThat(spool.standings())
        .singleElement()
        .extracting(SpoolView.Standing::pending)
        .isEqualTo(3);
  }

  @Test
  void aRecipientWhoDoesNotExistCannotBeDone() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(2), new byte[1]).id();

    assertThatThrownBy(() -> spool.done(id, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(indexes(id)).containsExactly(0, 1);
  }

  @Test
  void deferCountsAnAttemptAndKeepsTheReasons() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(3), new byte[1]).id();
    spool.done(id, 0);

    spool.defer(id, List.of(new StoredMessage.Pending(2, "Connection refused")), NOON);
    spool.flush();

    StoredMessage found = spool.find(id).orElseThrow();
    assertThat(found.pending())
        .containsExactly(
            new StoredMessage.Pending(1, ""), new StoredMessage.Pending(2, "Connection refused"));
    assertThat(found.attempts()).isEqualTo(1);
    assertThat(found.nextAttempt()).isEqualTo(NOON);
  }

  @Test
  void aLaterDeferReplacesTheReasons() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(2), new byte[1]).id();

    spool.defer(id, List.of(new StoredMessage.Pending(0, "first")), NOON);
    spool.flush();
    spool.defer(id, List.of(new StoredMessage.Pending(1, "second")), NOON.plusSeconds(9));
    spool.flush();
    spool.done(id, 0);

    StoredMessage found = spool.find(id).orElseThrow();
    assertThat(found.pending()).containsExactly(new StoredMessage.Pending(1, "second"));
    assertThat(found.attempts()).isEqualTo(2);
  }

  @Test
  void scheduleMovesTheNextAttemptWithoutCountingOne() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(1), new byte[1]).id();

    spool.schedule(id, NOON);

    StoredMessage found = spool.find(id).orElseThrow();
    assertThat(found.nextAttempt()).isEqualTo(NOON);
    assertThat(found.attempts()).isZero();
  }

  @Test
  void holdAndRelease() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(1), new byte[1]).id();

    spool.hold(id, true);
    assertThat(spool.find(id).orElseThrow().held()).isTrue();
    spool.hold(id, false);
    assertThat(spool.find(id).orElseThrow().held()).isFalse();
  }

  @Test
  void anExpiredMessageStaysSo() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(1), new byte[1]).id();
    assertThat(spool.find(id).orElseThrow().expired()).isFalse();

    spool.expire(id);
    spool.defer(id, List.of(), NOON);
    spool.hold(id, true);

    assertThat(spool.find(id).orElseThrow().expired()).isTrue();
  }

  @Test
  void aMarkStaysWithEveryLaterChange() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(2), new byte[1]).id();
    assertThat(spool.find(id).orElseThrow().marks()).isEmpty();

    spool.mark(id, Mark.WARNED);
    spool.mark(id, Mark.KEPT_NOTICE);
    spool.defer(id, List.of(), NOON);
    spool.hold(id, true);
    spool.done(id, 0);

    assertThat(spool.find(id).orElseThrow().marks())
        .containsExactlyInAnyOrder(Mark.WARNED, Mark.KEPT_NOTICE);
    assertThat(spool.standings())
        .extracting(SpoolView.Standing::marks)
        .hasSize(1)
        .first()
        .isEqualTo(spool.find(id).orElseThrow().marks());
  }

  @Test
  void aRemovedMessageIsGone() throws IOException {
    StoredMessage kept = Samples.store(spool, Samples.envelope(1), new byte[1]);
    StoredMessage gone = Samples.store(spool, Samples.envelope(1), new byte[300_000]);

    spool.remove(gone.id());
    spool.remove(gone.id());

    assertThat(spool.find(gone.id())).isEmpty();
    assertThat(spool.messages()).extracting(StoredMessage::id).containsExactly(kept.id());
  }

  @Test
  void changesOfAMessageThatIsGoneDoNothing() throws IOException {
    QueueId id = Samples.store(spool, Samples.envelope(1), new byte[1]).id();
    spool.remove(id);

    spool.done(id, 0);
    spool.defer(id, List.of(), NOON);
    spool.schedule(id, NOON);
    spool.hold(id, true);
    spool.expire(id);
    spool.mark(id, Mark.WARNED);
    spool.flush();

    assertThat(spool.find(id)).isEmpty();
  }

  @Test
  void messagesComeOldestFirst() throws IOException {
    TreeSet<QueueId> ids = new TreeSet<>();
    for (int i = 0; i < 50; i++) {
      ids.add(Samples.store(spool, Samples.envelope(1), new byte[i]).id());
    }

    assertThat(spool.messages()).extracting(StoredMessage::id).containsExactlyElementsOf(ids);
    assertThat(spool.standings()).extracting(SpoolView.Standing::id).containsExactlyElementsOf(ids);
  }

  @Test
  void manyThreadsStoreAndRemoveAtOnce() throws Exception {
    ConcurrentLinkedQueue<QueueId> left = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> results = new ArrayList<>();
      for (int t = 0; t < 40; t++) {
        results.add(threads.submit(() -> storeAndRemove(left)));
      }
      for (Future<?> result : results) {
        result.get();
      }
    }

    assertThat(spool.messages())
        .extracting(StoredMessage::id)
        .containsExactlyInAnyOrderElementsOf(left);
  }

  private Object storeAndRemove(ConcurrentLinkedQueue<QueueId> left) throws IOException {
    for (int i = 0; i < 25; i++) {
      QueueId id = Samples.store(spool, Samples.envelope(2), new byte[i * 100]).id();
      spool.done(id, 0);
      if (i % 5 == 0) {
        left.add(id);
        spool.defer(id, List.of(new StoredMessage.Pending(1, "later")), NOON);
      } else {
        spool.remove(id);
      }
    }
    return left;
  }

  private List<Integer> indexes(QueueId id) {
    return spool.find(id).orElseThrow().pending().stream()
        .map(StoredMessage.Pending::index)
        .toList();
  }
}
