package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides which job runs next. Safe on any thread; its lock is held for a few steps only and never
 * during input or output.
 *
 * <p>Three turns keep it fair: destinations of a transport take turns, within the transport's
 * limit; messages for a destination take turns, job by job, within the destination's concurrency.
 * So neither a dead host nor a message with fifty thousand recipients delays what does not share
 * its fault. A dead destination's jobs are handed back at once, to be deferred.
 */
final class Scheduler {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Map<DestinationKey, Destination> destinations = new HashMap<>();

  /** In the order of their deaths, which is about that of their revivals. */
  private final ArrayDeque<Destination> dead = new ArrayDeque<>();

  /** Destinations that rest after a delivery, as destination_rate_delay wants it. */
  private final PriorityQueue<Pause> pauses = new PriorityQueue<>();

  private final Consumer<Instant> wakeAt;
  private Function<String, TransportLimits> limits;
  private boolean paused;

  /** When a destination may start again. */
  private record Pause(Instant end, Destination destination) implements Comparable<Pause> {
    @Override
    public int compareTo(Pause other) {
      return end.compareTo(other.end);
    }
  }

  /**
   * @param wakeAt asks for a call of {@link #due} at a time
   */
  Scheduler(Function<String, TransportLimits> limits, Consumer<Instant> wakeAt) {
    this.limits = limits;
    this.wakeAt = wakeAt;
  }

  TransportLimits limitsOf(String transport) {
    lock.lock();
    try {
      return lane(transport).limits;
    } finally {
      lock.unlock();
    }
  }

  private Lane lane(String transport) {
    return lanes.computeIfAbsent(transport, name -> new Lane(limits.apply(name)));
  }

  /** Takes the recipients of a message and hands out what may start because of them. */
  Work add(MessageAttempt attempt, Map<DestinationKey, int[]> shares, Instant now) {
    Work work = new Work();
    lock.lock();
    try {
      for (Map.Entry<DestinationKey, int[]> entry : shares.entrySet()) {
        Destination destination = destinations.get(entry.getKey());
        if (destination == null) {
          DestinationKey key = entry.getKey();
          destination = new Destination(key, lane(key.nextHop().transport()));
          destinations.put(key, destination);
        }
        Share share = new Share(attempt, destination, entry.getValue());
        DeliveryStatus.Deferred cause = destination.suspended(now);
        if (cause != null) {
          work.suspended().add(new Suspended(share.take(Integer.MAX_VALUE), cause));
          continue;
        }
        destination.shares.addLast(share);
        ready(destination);
        pick(destination.lane, work, now);
      }
    } finally {
      lock.unlock();
    }
    return work;
  }

  /**
   * Gives a job's permits back and hands out what may start in its place.
   *
   * @param failure what kept the job from reaching its destination, or null if it was reached
   * @param deadTime how long the destination is left alone if this was one failure too many
   */
  Work finished(
      Job job, DeliveryStatus.@Nullable Deferred failure, Instant now, Duration deadTime) {
    Work work = new Work();
    Destination destination = job.destination();
    lock.lock();
    try {
      destination.busy--;
      destination.lane.busy--;
      if (failure == null) {
        destination.succeeded();
      } else if (destination.suspended(now) == null
          && destination.failed(failure, now.plus(deadTime))) {
        dead.addLast(destination);
        for (Share share : destination.shares) {
          work.suspended().add(new Suspended(share.take(Integer.MAX_VALUE), failure));
        }
        destination.shares.clear();
      }
      pause(destination, now);
      ready(destination);
      forgetIfIdle(destination);
      forgetRevived(now);
      pick(destination.lane, work, now);
    } finally {
      lock.unlock();
    }
    return work;
  }

  /** Begins the delays that follow a delivery; whoever waits for their end is nowhere but here. */
  private void pause(Destination destination, Instant now) {
    Lane lane = destination.lane;
    if (lane.limits.transportDelay().isPositive()) {
      lane.notBefore = now.plus(lane.limits.transportDelay());
      wakeAt.accept(lane.notBefore);
    }
    if (lane.limits.destinationDelay().isPositive() && !destination.pausing) {
      destination.pausing = true;
      Instant end = now.plus(lane.limits.destinationDelay());
      pauses.add(new Pause(end, destination));
      wakeAt.accept(end);
    }
  }

  /** Hands out what waited for the end of a rate delay. */
  Work due(Instant now) {
    Work work = new Work();
    lock.lock();
    try {
      for (Pause first = pauses.peek();
          first != null && !first.end.isAfter(now);
          first = pauses.peek()) {
        pauses.remove();
        first.destination.pausing = false;
        ready(first.destination);
        forgetIfIdle(first.destination);
      }
      for (Lane each : lanes.values()) {
        pick(each, work, now);
      }
      if (!pauses.isEmpty()) {
        wakeAt.accept(pauses.element().end);
      }
    } finally {
      lock.unlock();
    }
    return work;
  }

  private void ready(Destination destination) {
    if (!destination.inRing && destination.mayStart()) {
      destination.inRing = true;
      destination.lane.ring.addLast(destination);
    }
  }

  private void pick(Lane lane, Work work, Instant now) {
    if (now.isBefore(lane.notBefore)) {
      wakeAt.accept(lane.notBefore);
      return;
    }
    while (!paused && lane.busy < lane.limits.processes()) {
      Destination destination = lane.ring.pollFirst();
      if (destination == null) {
        return;
      }
      destination.inRing = false;
      Share share = destination.mayStart() ? destination.shares.pollFirst() : null;
      if (share == null) {
        continue;
      }
      work.jobs().add(share.take(lane.limits.recipients()));
      if (!share.isEmpty()) {
        destination.shares.addLast(share);
      }
      destination.busy++;
      lane.busy++;
      ready(destination);
    }
  }

  private void forgetIfIdle(Destination destination) {
    if (destination.isIdle()) {
      destinations.remove(destination.key);
    }
  }

  private void forgetRevived(Instant now) {
    for (Destination first = dead.peekFirst(); first != null; first = dead.peekFirst()) {
      if (first.suspended(now) != null) {
        return;
      }
      dead.removeFirst();
      forgetIfIdle(first);
    }
  }

  /** Forgets all deaths: somebody says the fault is mended. */
  void reviveAll() {
    lock.lock();
    try {
      for (Destination each : dead) {
        each.revive();
        forgetIfIdle(each);
      }
      dead.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Takes new limits and hands out what they let start; delays end, as in Postfix. */
  Work reload(Function<String, TransportLimits> newLimits, Instant now) {
    Work work = new Work();
    lock.lock();
    try {
      limits = newLimits;
      for (Map.Entry<String, Lane> entry : lanes.entrySet()) {
        entry.getValue().limits = newLimits.apply(entry.getKey());
        entry.getValue().notBefore = Instant.MIN;
      }
      pauses.clear();
      for (Destination each : destinations.values()) {
        each.pausing = false;
        each.revive();
        ready(each);
      }
      dead.clear();
      Iterator<Destination> all = destinations.values().iterator();
      while (all.hasNext()) {
        if (all.next().isIdle()) {
          all.remove();
        }
      }
      for (Lane each : lanes.values()) {
        pick(each, work, now);
      }
    } finally {
      lock.unlock();
    }
    return work;
  }

  /** Hands out nothing from now on. */
  void pause() {
    lock.lock();
    try {
      paused = true;
    } finally {
      lock.unlock();
    }
  }

  /** For tests: how many destinations are remembered. */
  int remembered() {
    lock.lock();
    try {
      return destinations.size();
    } finally {
      lock.unlock();
    }
  }
}
