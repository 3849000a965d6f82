package dev.postrider.event;

import dev.postrider.spool.QueueId;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * After a crash, states as events what the spool knows and the log does not: the last events before
 * it were never written, and the last changes of the spool may be undone. For one thread.
 */
final class Reconciliation {
  private final Ledger ledger;

  private Reconciliation(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Reads the log as the crash left it. */
  static Reconciliation read(Path queueDirectory) throws IOException {
    Ledger ledger = new Ledger();
    new EventReader(queueDirectory).read(ledger::take);
    return new Reconciliation(ledger);
  }

  /** Compares with the spool; the queue must not run yet. */
  void compare(SpoolView spool, boolean damage, Events events) {
    ledger.crashed();
    long[] queue;
    try (Stream<SpoolView.Standing> all = spool.standings()) {
      queue =
          all.mapToLong(
                  standing -> {
                    compare(standing, spool, events);
                    return standing.id().micros();
                  })
              .sorted()
              .toArray();
    }
    for (long micros : ledger.ids()) {
      QueueId id = new QueueId(micros);
      if (ledger.isOpen(id) && Arrays.binarySearch(queue, micros) < 0) {
        events.record(new Event.Gone(id, damage));
      }
    }
  }

  private void compare(SpoolView.Standing standing, SpoolView spool, Events events) {
    QueueId id = standing.id();
    if (!ledger.knows(id)) {
      if (!ledger.mayPrecede(id)) {
        state(id, Event.Recovery.FOUND, spool, events);
      }
    } else if (!ledger.isOpen(id)) {
      state(id, Event.Recovery.BACK, spool, events);
    } else if (ledger.isBehind(id, standing.pending())) {
      state(id, Event.Recovery.FURTHER, spool, events);
    }
  }

  private static void state(QueueId id, Event.Recovery how, SpoolView spool, Events events) {
    Optional<StoredMessage> message = spool.find(id);
    if (message.isEmpty()) {
      return;
    }
    int recipients = message.get().envelope().recipients().size();
    BitSet done = new BitSet(recipients);
    done.set(0, recipients);
    for (StoredMessage.Pending each : message.get().pending()) {
      done.clear(each.index());
    }
    events.record(
        new Event.Recovered(
            id, how, message.get().envelope().sender().external(), recipients, done));
  }
}
