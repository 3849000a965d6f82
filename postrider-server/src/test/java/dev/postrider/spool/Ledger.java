package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.envelope.Envelope;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Works a spool at random or step by step, remembers what was promised, and holds a recovered spool
 * against it.
 */
final class Ledger {
  /** What is known of one message. */
  private static final class Known {
    final Envelope envelope;
    final byte[] content;
    boolean acknowledged;
    boolean refused;
    boolean removed;
    boolean removedForced;
    final Set<Integer> done = new HashSet<>();
    final Set<Integer> doneForced = new HashSet<>();
    int attempts;
    int attemptsForced;
    boolean expired;
    boolean expiredForced;
    final Set<Boolean> held = new HashSet<>(Set.of(false));
    boolean heldNow;
    final Set<Instant> next = new HashSet<>();
    Instant nextNow = Instant.EPOCH;

    Known(Envelope envelope, byte[] content) {
      this.envelope = envelope;
      this.content = content;
    }

    void forced() {
      removedForced |= removed;
      doneForced.addAll(done);
      attemptsForced = attempts;
      expiredForced = expired;
      held.clear();
      held.add(heldNow);
      next.clear();
      next.add(nextNow);
    }
  }

  private final TreeMap<QueueId, Known> known = new TreeMap<>();
  private final Random random;
  private long clock = 1_800_000_000L;

  Ledger(Random random) {
    this.random = random;
  }

  /** Stores a message; {@code refusalIsFinal} if a failure is the disk's, not the end of power. */
  QueueId commit(Spool spool, int recipients, int length, boolean refusalIsFinal)
      throws IOException {
    Envelope envelope = Samples.envelope(recipients);
    byte[] content = Samples.content(random, length);
    Known message = new Known(envelope, content);
    try (Draft draft = spool.draft()) {
      assertThat(known).doesNotContainKey(draft.id());
      known.put(draft.id(), message);
      try {
        draft.content().write(content);
        StoredMessage stored = draft.commit(envelope);
        message.acknowledged = true;
        message.nextNow = stored.nextAttempt();
        forced();
        return draft.id();
      } catch (IOException e) {
        message.refused = refusalIsFinal;
        throw e;
      }
    }
  }

  /** Begins a message and gives it up. */
  void closeDraft(Spool spool, int length) throws IOException {
    try (Draft draft = spool.draft()) {
      Known message = new Known(Samples.envelope(1), new byte[0]);
      message.refused = true;
      known.put(draft.id(), message);
      draft.content().write(Samples.content(random, length));
    }
  }

  void done(Spool spool, QueueId id, int index) {
    known.get(id).done.add(index);
    spool.done(id, index);
  }

  void defer(Spool spool, QueueId id) {
    Known message = known.get(id);
    message.attempts++;
    nextAttempt(message);
    spool.defer(id, List.of(new StoredMessage.Pending(0, "later")), message.nextNow);
  }

  void schedule(Spool spool, QueueId id) {
    Known message = known.get(id);
    nextAttempt(message);
    spool.schedule(id, message.nextNow);
  }

  private void nextAttempt(Known message) {
    message.nextNow = Instant.ofEpochSecond(clock++);
    message.next.add(message.nextNow);
  }

  void hold(Spool spool, QueueId id, boolean held) {
    Known message = known.get(id);
    message.heldNow = held;
    message.held.add(held);
    spool.hold(id, held);
  }

  void expire(Spool spool, QueueId id) {
    known.get(id).expired = true;
    spool.expire(id);
  }

  void remove(Spool spool, QueueId id) {
    known.get(id).removed = true;
    spool.remove(id);
  }

  void flush(Spool spool) throws IOException {
    spool.flush();
    forced();
  }

  private void forced() {
    known.values().stream().filter(message -> message.acknowledged).forEach(Known::forced);
  }

  List<QueueId> alive() {
    return known.entrySet().stream()
        .filter(each -> each.getValue().acknowledged && !each.getValue().removed)
        .map(java.util.Map.Entry::getKey)
        .toList();
  }

  /** One step at random. */
  void step(Spool spool, boolean refusalIsFinal) throws IOException {
    List<QueueId> alive = alive();
    int choice = random.nextInt(alive.isEmpty() ? 3 : 17);
    QueueId id = alive.isEmpty() ? null : alive.get(random.nextInt(alive.size()));
    switch (choice) {
      case 0, 3, 4 -> commit(spool, 1 + random.nextInt(4), random.nextInt(500), refusalIsFinal);
      case 1 -> commit(spool, 1, 600 + random.nextInt(2500), refusalIsFinal);
      case 2 -> closeDraft(spool, random.nextInt(2000));
      case 5, 6, 7 -> done(spool, id, random.nextInt(known.get(id).envelope.recipients().size()));
      case 8, 9 -> defer(spool, id);
      case 10 -> schedule(spool, id);
      case 11 -> hold(spool, id, random.nextBoolean());
      case 12, 13, 14 -> remove(spool, id);
      case 15 -> expire(spool, id);
      default -> flush(spool);
    }
  }

  /** Holds what came back against what was promised, and goes on from what came back. */
  void check(Spool spool) throws IOException {
    TreeMap<QueueId, StoredMessage> found = new TreeMap<>();
    spool.messages().forEach(message -> found.put(message.id(), message));
    assertThat(known.keySet()).as("ids nobody stored").containsAll(found.keySet());
    for (QueueId id : List.copyOf(known.keySet())) {
      Known message = known.get(id);
      StoredMessage stored = found.get(id);
      if (stored == null) {
        assertThat(!message.acknowledged || message.removed).as("%s is lost", id).isTrue();
        known.remove(id);
      } else {
        check(message, stored);
        observed(message, stored);
      }
    }
    assertThat(spool.standings().count()).isEqualTo(found.size());
  }

  private static void check(Known message, StoredMessage stored) throws IOException {
    String name = stored.id().toString();
    assertThat(message.refused).as("%s was refused and is back", name).isFalse();
    assertThat(message.removedForced).as("%s was removed for good and is back", name).isFalse();
    assertThat(stored.envelope()).as(name).isEqualTo(message.envelope);
    assertThat(Samples.read(stored)).as(name).isEqualTo(message.content);
    Set<Integer> done = done(stored);
    assertThat(done).as("%s forgot who is done", name).containsAll(message.doneForced);
    assertThat(message.done).as("%s has somebody done who is not", name).containsAll(done);
    assertThat(stored.attempts())
        .as("%s attempts", name)
        .isBetween(message.attemptsForced, message.attempts);
    assertThat(message.expired || !stored.expired()).as("%s expired by itself", name).isTrue();
    assertThat(stored.expired() || !message.expiredForced).as("%s lives again", name).isTrue();
    if (message.acknowledged) {
      assertThat(message.held).as("%s held", name).contains(stored.held());
      assertThat(message.next).as("%s next attempt", name).contains(stored.nextAttempt());
    }
  }

  private static Set<Integer> done(StoredMessage stored) {
    Set<Integer> pending =
        stored.pending().stream().map(StoredMessage.Pending::index).collect(Collectors.toSet());
    return IntStream.range(0, stored.envelope().recipients().size())
        .boxed()
        .filter(index -> !pending.contains(index))
        .collect(Collectors.toSet());
  }

  private static void observed(Known message, StoredMessage stored) {
    message.acknowledged = true;
    message.removed = false;
    message.done.clear();
    message.done.addAll(done(stored));
    message.doneForced.clear();
    message.attempts = stored.attempts();
    message.heldNow = stored.held();
    message.expired = stored.expired();
    message.nextNow = stored.nextAttempt();
    message.forced();
  }
}
