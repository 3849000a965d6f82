package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.spool.QueueId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
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
  /** So many bugs in a row are the transport's, not a message's. */
  private static final int MALFUNCTIONS = 3;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Map<DestinationKey, Destination> destinations = new HashMap<>();

  /** In the order of their deaths, which is about that of their revivals. */
  private final ArrayDeque<Destination> dead = new ArrayDeque<>();

  /** Destinations that rest after a delivery, as destination_rate_delay wants it. */
  private final PriorityQueue<Pause> pauses = new PriorityQueue<>();

  /** Destinations that get less than the limits allow. */
  private final Set<Destination> throttled = new LinkedHashSet<>();

  private final Faults faults = new Faults();
  private final Consumer<Instant> wakeAt;
  private final Consumer<Claim> giveUp;
  private Function<String, TransportLimits> limits;
  private Room room;
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
   * @param giveUp takes a message's place in the active set away; called with the lock held
   */
  Scheduler(
      Function<String, TransportLimits> limits,
      int activeLimit,
      Consumer<Instant> wakeAt,
      Consumer<Claim> giveUp) {
    this.limits = limits;
    this.room = Room.in(activeLimit);
    this.wakeAt = wakeAt;
    this.giveUp = giveUp;
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

  /**
   * Takes the recipients of a message and hands out what may start because of them. A message that
   * finds a long line gives up its place in the active set, to be called back later.
   *
   * @param parkable whether that may be done: nobody's fate is decided yet
   */
  Work add(
      MessageAttempt attempt, Map<DestinationKey, int[]> shares, boolean parkable, Instant now) {
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
        // Room was kept for a message that was called back.
        boolean mayPark = parkable && shares.size() == 1 && attempt.claim.recalledBy == null;
        if (destination.waitlist.add(share, mayPark, room)) {
          destination.lane.enter(destination);
          pick(destination.lane, work, now);
        } else {
          giveUp.accept(attempt.claim);
        }
      }
      arrived(attempt.claim, work);
    } finally {
      lock.unlock();
    }
    return work;
  }

  /**
   * Gives a job's permits back and hands out what may start in its place.
   *
   * @param result how it went, as far as it says something of the destination and the transport
   */
  Work finished(Job job, JobResult result, Instant now) {
    Work work = new Work();
    Destination destination = job.destination();
    lock.lock();
    try {
      destination.busy--;
      destination.lane.busy--;
      switch (result) {
        case JobResult.Reached _ -> {
          destination.lane.malfunctions = 0;
          destination.succeeded();
          if (destination.ailing) {
            faults.reached(destination, now, work);
          }
        }
        case JobResult.Throttled _ -> {
          destination.lane.malfunctions = 0;
          throttled.add(destination);
          wakeAt.accept(destination.throttled(now));
          if (destination.ailing) {
            faults.reached(destination, now, work);
          }
        }
        case JobResult.NotReached(var cause) -> {
          destination.lane.malfunctions = 0;
          failed(job, cause, now, work);
        }
        case JobResult.Malfunction(var pause) -> {
          if (++destination.lane.malfunctions >= MALFUNCTIONS) {
            destination.lane.malfunctions = 0;
            destination.lane.notBefore = now.plus(pause);
            wakeAt.accept(destination.lane.notBefore);
          }
        }
        case JobResult.Unknown _ -> {}
      }
      pause(destination, now);
      destination.waitlist.recall(room, work);
      destination.lane.enter(destination);
      forgetIfIdle(destination);
      forgetRevived(now);
      pick(destination.lane, work, now);
    } finally {
      lock.unlock();
    }
    return work;
  }

  private void failed(Job job, DeliveryStatus.Deferred cause, Instant now, Work work) {
    Destination destination = job.destination();
    Duration deadTime = job.attempt().rules.deadTime;
    wakeAt.accept(faults.failed(destination, now, deadTime));
    if (destination.suspended(now) != null || !destination.failed(cause, now.plus(deadTime))) {
      return;
    }
    dead.addLast(destination);
    destination.waitlist.drain(
        work, share -> work.suspended().add(new Suspended(share.take(Integer.MAX_VALUE), cause)));
  }

  /** Notes for what a deferred message waits, beside its next time. */
  void waits(MessageAttempt attempt) {
    Set<DestinationKey> keys = attempt.unreached();
    if (keys.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      for (DestinationKey key : keys) {
        Destination destination = destinations.get(key);
        if (key.equals(Destination.NONE.key)) {
          faults.waitsForRoute(attempt.message.id());
        } else if (destination != null) {
          faults.waits(attempt.message.id(), destination);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a message has left the queue. */
  void left(QueueId id) {
    lock.lock();
    try {
      faults.left(id);
    } finally {
      lock.unlock();
    }
  }

  /** Whether a message waits for something to be mended. */
  boolean anyoneWaits() {
    lock.lock();
    try {
      return faults.anyoneWaits();
    } finally {
      lock.unlock();
    }
  }

  /** See {@link Faults#insteadOf}. */
  @Nullable QueueId scout(Destination destination, @Nullable QueueId gone) {
    lock.lock();
    try {
      QueueId scout = faults.insteadOf(gone, destination);
      if (scout == null) {
        forgetIfIdle(destination);
      }
      return scout;
    } finally {
      lock.unlock();
    }
  }

  /** Takes note that a message which was called back is gone or goes elsewhere. */
  Work arrived(Claim claim) {
    Work work = new Work();
    lock.lock();
    try {
      arrived(claim, work);
    } finally {
      lock.unlock();
    }
    return work;
  }

  private void arrived(Claim claim, Work work) {
    Flow flow = claim.recalledBy;
    if (flow != null) {
      claim.recalledBy = null;
      flow.destination.waitlist.arrived(flow);
      flow.destination.waitlist.recall(room, work);
      forgetIfIdle(flow.destination);
    }
  }

  /** Begins the delays that follow a delivery; whoever waits for their end is nowhere but here. */
  private void pause(Destination destination, Instant now) {
    Lane lane = destination.lane;
    if (lane.limits.transportDelay().isPositive()) {
      lane.notBefore = now.plus(lane.limits.transportDelay());
      wakeAt.accept(lane.notBefore);
    }
    Duration delay = destination.pauseAfterDelivery();
    if (delay.isPositive() && !destination.pausing) {
      destination.pausing = true;
      Instant end = now.plus(delay);
      pauses.add(new Pause(end, destination));
      wakeAt.accept(end);
    }
  }

  /**
   * Hands out what waited for the end of a rate delay, and the scouts that are due.
   *
   * @param rules say how long the pauses between two scouts of a destination are
   */
  Work due(Instant now, Rules rules) {
    Work work = new Work();
    lock.lock();
    try {
      for (Pause first = pauses.peek();
          first != null && !first.end.isAfter(now);
          first = pauses.peek()) {
        pauses.remove();
        first.destination.pausing = false;
        first.destination.lane.enter(first.destination);
        forgetIfIdle(first.destination);
      }
      relax(now);
      for (Lane each : lanes.values()) {
        pick(each, work, now);
      }
      if (!pauses.isEmpty()) {
        wakeAt.accept(pauses.element().end);
      }
      forgetRevived(now);
      for (Destination each : faults.due(now, rules.deadTime, rules.longestScoutPause, work)) {
        forgetIfIdle(each);
      }
      Instant nextScout = faults.nextDue();
      if (nextScout != null) {
        wakeAt.accept(nextScout);
      }
    } finally {
      lock.unlock();
    }
    return work;
  }

  private void relax(Instant now) {
    for (Destination each : List.copyOf(throttled)) {
      Instant next = each.relax(now);
      if (next != null) {
        wakeAt.accept(next);
      } else {
        throttled.remove(each);
        forgetIfIdle(each);
      }
      each.lane.enter(each);
    }
  }

  private void pick(Lane lane, Work work, Instant now) {
    if (now.isBefore(lane.notBefore)) {
      wakeAt.accept(lane.notBefore);
      return;
    }
    while (!paused) {
      Destination destination = lane.next();
      if (destination == null) {
        return;
      }
      Share share = destination.waitlist.poll();
      if (share == null) {
        continue;
      }
      work.jobs().add(share.take(lane.limits.recipients()));
      if (!share.isEmpty()) {
        destination.waitlist.addBegun(share);
      }
      destination.busy++;
      lane.busy++;
      lane.enter(destination);
    }
  }

  private void forgetIfIdle(Destination destination) {
    if (destination.isIdle()) {
      destinations.remove(destination.key);
    } else if (destination.isAtRest()) {
      // Only kept for those who wait for it: the next message meets it as a new one, as in Postfix.
      destination.revive();
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

  /** Forgets all deaths, and wakes who waited for their end: the fault may be mended. */
  Work mended() {
    Work work = new Work();
    lock.lock();
    try {
      faults.wakeAll(work);
      revive();
      // Whoever was woken may go another way now, and never pass here again.
      destinations.values().removeIf(Destination::isIdle);
    } finally {
      lock.unlock();
    }
    return work;
  }

  private void revive() {
    for (Destination each : dead) {
      each.revive();
      forgetIfIdle(each);
    }
    dead.clear();
  }

  /** Forgets all deaths: a person wants mail tried now. */
  void reviveAll() {
    lock.lock();
    try {
      revive();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes new limits and hands out what they let start; delays end, as in Postfix. What waits and
   * was not begun starts anew, since its route may be another now.
   */
  Work reload(Function<String, TransportLimits> newLimits, int activeLimit, Instant now) {
    Work work = new Work();
    lock.lock();
    try {
      limits = newLimits;
      room = Room.in(activeLimit);
      faults.wakeAll(work);
      for (Map.Entry<String, Lane> entry : lanes.entrySet()) {
        entry.getValue().limits = newLimits.apply(entry.getKey());
        entry.getValue().notBefore = Instant.MIN;
      }
      pauses.clear();
      for (Destination each : destinations.values()) {
        each.pausing = false;
        each.revive();
        startAnew(each, work);
        each.lane.enter(each);
      }
      dead.clear();
      destinations.values().removeIf(Destination::isIdle);
      for (Lane each : lanes.values()) {
        pick(each, work, now);
      }
    } finally {
      lock.unlock();
    }
    return work;
  }

  private void startAnew(Destination destination, Work work) {
    List<Share> begun = new ArrayList<>();
    destination.waitlist.drain(
        work,
        share -> {
          if (share.isWholeMessage()) {
            Claim claim = share.attempt().claim;
            giveUp.accept(claim);
            work.recalled()
                .add(new Recalled(new WaitingIds.Waiting(claim.id, claim.flushed), null));
          } else {
            begun.add(share);
          }
        });
    begun.forEach(destination.waitlist::addBegun);
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

  /** Whether nothing runs and nothing waits for its turn, or for the end of a rate delay. */
  boolean isAtRest() {
    lock.lock();
    try {
      return destinations.values().stream()
          .allMatch(each -> each.busy == 0 && each.waitlist.isEmpty());
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
