package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the end of a fault: the messages that found their destination dead, or whose way
 * could not be looked up. When the fault ends they are tried at once, instead of each at its own
 * time, which may be an hour away. Guarded by the scheduler's lock.
 *
 * <p>Somebody has to find out that a host is back: while mail waits for it, one message goes as a
 * scout every minimal_backoff_time, or less often where many hosts are away, so that all scouts
 * together are one a second. The first delivery that reaches the host wakes the rest. A restart
 * forgets who waits; then the times in the spool count.
 */
final class Faults {
  private static final Duration BETWEEN_SCOUTS = Duration.ofSeconds(1);

  /** When a destination gets its next scout. */
  record Scouting(Instant when, Destination destination) implements Comparable<Scouting> {
    @Override
    public int compareTo(Scouting other) {
      return when.compareTo(other.when);
    }
  }

  private final PriorityQueue<Scouting> plan = new PriorityQueue<>();
  private final Set<Destination> ailing = new HashSet<>();

  /** Messages that this system itself could not route. */
  private IdSet unrouted = new IdSet();

  /** Notes that a message was deferred because of a dead destination. */
  void waits(QueueId id, Destination destination) {
    if (!destination.ailing) {
      // It was reached by another in the meantime; who fails beside others waits its own time.
      return;
    }
    IdSet waiting = destination.unreached;
    if (waiting == null) {
      waiting = new IdSet();
      destination.unreached = waiting;
      ailing.add(destination);
    }
    waiting.add(id);
  }

  void waitsForRoute(QueueId id) {
    unrouted.add(id);
  }

  /** Notes that a message has left the queue. */
  void left(QueueId id) {
    if (unrouted.size() > 0) {
      unrouted.remove(id);
    }
  }

  boolean anyoneWaits() {
    return !ailing.isEmpty() || unrouted.size() > 0;
  }

  /**
   * Plans the first scout of a destination that has died.
   *
   * @param pause how long it is left alone at least
   * @return when {@link #due} has something to say next
   */
  Instant died(Destination destination, Instant now, Duration pause) {
    destination.ailing = true;
    if (destination.scouting == null) {
      plan(destination, now, pause);
    }
    return plan.element().when;
  }

  private void plan(Destination destination, Instant now, Duration pause) {
    Scouting next = new Scouting(now.plus(pause), destination);
    destination.scouting = next;
    plan.add(next);
  }

  /** Wakes who waits for a destination that was reached. */
  void reached(Destination destination, Work work) {
    destination.ailing = false;
    destination.scouting = null;
    IdSet waiting = destination.unreached;
    if (waiting != null) {
      destination.unreached = null;
      ailing.remove(destination);
      waiting.forEach(work.woken()::add);
    }
  }

  /** Wakes everybody: somebody or something says that a fault is mended. */
  void wakeAll(Work work) {
    for (Destination each : List.copyOf(ailing)) {
      reached(each, work);
    }
    unrouted.forEach(work.woken()::add);
    unrouted = new IdSet();
  }

  /**
   * The destinations whose scout is due; the next one of each is planned.
   *
   * @param shortest between two scouts of one destination
   * @param longest likewise
   */
  List<Destination> due(Instant now, Duration shortest, Duration longest) {
    List<Destination> due = new ArrayList<>(0);
    for (Scouting first = plan.peek();
        first != null && !first.when.isAfter(now);
        first = plan.peek()) {
      plan.remove();
      Destination destination = first.destination;
      if (!first.equals(destination.scouting)) {
        // It was reached since this was planned.
        continue;
      }
      destination.scouting = null;
      if (destination.unreached != null) {
        Duration turn = BETWEEN_SCOUTS.multipliedBy(ailing.size());
        Duration pause = turn.compareTo(longest) < 0 ? turn : longest;
        plan(destination, now, pause.compareTo(shortest) > 0 ? pause : shortest);
        due.add(destination);
      }
    }
    return due;
  }

  /** When {@link #due} has something to say, or null. */
  @Nullable Instant nextDue() {
    Scouting first = plan.peek();
    return first == null ? null : first.when;
  }

  /** Drops a scout who is gone, and proposes another, or null if nobody waits any more. */
  @Nullable QueueId insteadOf(@Nullable QueueId gone, Destination destination) {
    IdSet waiting = destination.unreached;
    if (waiting == null) {
      return null;
    }
    if (gone != null) {
      waiting.remove(gone);
    }
    if (waiting.size() == 0) {
      destination.unreached = null;
      ailing.remove(destination);
      return null;
    }
    return waiting.next();
  }
}
