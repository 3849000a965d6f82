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
 * Who waits for the end of a fault: the messages that did not reach their destination, or whose way
 * could not be looked up. When the fault ends they are tried at once, instead of each at its own
 * time, which may be an hour away. Guarded by the scheduler's lock.
 *
 * <p>Somebody has to find out that a host is back: while mail waits for it, one message goes as a
 * scout every minimal_backoff_time, or less often where many hosts are away, so that all scouts
 * together are one a second. The first delivery that reaches the host wakes the rest, but not
 * before minimal_backoff_time is over: a host that takes some connections and refuses others would
 * be asked without a pause. A restart forgets who waits; then the times in the spool count.
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

  /** Notes that a message was deferred because its destination was not reached. */
  void waits(QueueId id, Destination destination) {
    if (destination.scouting == null) {
      // Its time has come and gone since the message failed.
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
   * Takes note that a destination was not reached, and plans its first scout.
   *
   * @param pause how long it is left alone at least
   * @return when {@link #due} has something to say next
   */
  Instant failed(Destination destination, Instant now, Duration pause) {
    destination.ailing = true;
    if (destination.scouting == null) {
      destination.mayWakeFrom = now.plus(pause);
      plan(destination, now, pause);
    }
    return plan.element().when;
  }

  private void plan(Destination destination, Instant now, Duration pause) {
    Scouting next = new Scouting(now.plus(pause), destination);
    destination.scouting = next;
    plan.add(next);
  }

  /** Wakes who waits for a destination that was reached, if that is not too early. */
  void reached(Destination destination, Instant now, Work work) {
    destination.ailing = false;
    if (destination.unreached != null && !now.isBefore(destination.mayWakeFrom)) {
      wake(destination, work);
    }
  }

  private void wake(Destination destination, Work work) {
    destination.scouting = null;
    if (!destination.ailing && destination.isDead()) {
      destination.revive();
    }
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
      wake(each, work);
    }
    unrouted.forEach(work.woken()::add);
    unrouted = new IdSet();
  }

  /**
   * Hands out the destinations whose scout is due, and plans their next ones; wakes who waits for
   * one that was reached in the meantime.
   *
   * @param shortest between two scouts of one destination
   * @param longest likewise
   * @return destinations that may be forgotten now
   */
  List<Destination> due(Instant now, Duration shortest, Duration longest, Work work) {
    List<Destination> settled = new ArrayList<>(0);
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
      if (destination.unreached == null || !destination.ailing) {
        wake(destination, work);
        settled.add(destination);
      } else {
        Duration turn = BETWEEN_SCOUTS.multipliedBy(ailing.size());
        Duration pause = turn.compareTo(longest) < 0 ? turn : longest;
        plan(destination, now, pause.compareTo(shortest) > 0 ? pause : shortest);
        work.scouts().add(destination);
      }
    }
    return settled;
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
