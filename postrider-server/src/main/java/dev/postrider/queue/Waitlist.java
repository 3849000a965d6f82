package dev.postrider.queue;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one destination: the flows of its senders, served in turn, message by message. A
 * flow that was not served yet has a turn of its own beside the others, so that a sender who has
 * just come does not wait behind all who have long lines. Guarded by the scheduler's lock.
 *
 * <p>Only so many messages wait in memory. The others give up their place in the active set and are
 * numbers here until the line is short enough: thus a slow destination, or a sender with a long
 * list, cannot fill the active set.
 */
final class Waitlist {
  /** How many flows one call looks at, so that it stays short. */
  private static final int LOOK = 4;

  private final Destination destination;
  private final Map<String, Flow> flows = new HashMap<>(4);
  private final ArrayDeque<Flow> newcomers = new ArrayDeque<>(2);
  private final ArrayDeque<Flow> ring = new ArrayDeque<>(2);
  private final ArrayDeque<Flow> withParked = new ArrayDeque<>(1);
  private boolean newcomersNext = true;

  /** Messages in memory. */
  private int size;

  /** Messages on their way into memory. */
  private int coming;

  Waitlist(Destination destination) {
    this.destination = destination;
  }

  boolean hasShares() {
    return size > 0;
  }

  boolean isEmpty() {
    return size == 0 && coming == 0 && withParked.isEmpty();
  }

  /**
   * Lets a message wait in memory if there is room, or else outside.
   *
   * @param parkable whether the message may give its place in the active set up
   * @return whether it waits in memory
   */
  boolean add(Share share, boolean parkable, Room room) {
    MessageAttempt attempt = share.attempt();
    Flow flow = flowOf(attempt);
    if (parkable && isFull(flow, room)) {
      flow.park(attempt.claim);
      remember(flow);
      return false;
    }
    flow.add(share);
    size++;
    enterRing(flow);
    return true;
  }

  private Flow flowOf(MessageAttempt attempt) {
    return flows.computeIfAbsent(attempt.flow, name -> new Flow(destination, name));
  }

  private void enterRing(Flow flow) {
    if (!flow.inRing) {
      flow.inRing = true;
      (flow.served ? ring : newcomers).addLast(flow);
    }
  }

  /** A sender without anything in memory still gets in when the long lines are full. */
  private boolean isFull(Flow flow, Room room) {
    return flow.size() >= room.flow()
        || size >= (flow.size() == 0 ? 2 * room.destination() : room.destination());
  }

  private void remember(Flow flow) {
    if (flow.hasParked() && !flow.inParkedRing) {
      flow.inParkedRing = true;
      withParked.addLast(flow);
    }
  }

  /** Takes the message whose turn it is, or null if none is in memory. */
  @Nullable Share poll() {
    if (size > 0) {
      newcomersNext = !newcomersNext;
      Flow flow = newcomersNext ? newcomers.pollFirst() : ring.pollFirst();
      if (flow == null) {
        flow = newcomersNext ? ring.pollFirst() : newcomers.pollFirst();
      }
      if (flow == null) {
        throw new IllegalStateException(size + " messages wait in no flow");
      }
      Share share = flow.poll();
      if (share == null) {
        throw new IllegalStateException("a flow without messages waits for its turn");
      }
      size--;
      flow.served = true;
      flow.inRing = false;
      if (flow.size() > 0) {
        enterRing(flow);
      } else {
        forget(flow);
      }
      return share;
    }
    return null;
  }

  /** Takes back a message of which a part was handed out. */
  void addBegun(Share share) {
    Flow flow = flowOf(share.attempt());
    flow.served = true;
    flow.addBegun(share);
    size++;
    enterRing(flow);
  }

  private void forget(Flow flow) {
    if (flow.isEmpty()) {
      flows.remove(flow.name, flow);
    }
  }

  /** Calls messages back into memory as far as there is room. */
  void recall(Room room, Work work) {
    for (int i = Math.min(LOOK, withParked.size()); i > 0; i--) {
      Flow flow = withParked.removeFirst();
      flow.inParkedRing = false;
      // Half a line at a time: one by one, each would be claimed and given up again.
      if (flow.load() <= room.flow() / 2) {
        while (flow.hasParked()
            && flow.load() < room.flow()
            && size + coming < room.destination()) {
          flow.coming++;
          coming++;
          work.recalled().add(new Recalled(flow.unpark(), flow));
        }
      }
      remember(flow);
    }
  }

  /** Takes note that a message which was called back has arrived, or is gone. */
  void arrived(Flow flow) {
    flow.coming--;
    coming--;
    forget(flow);
  }

  /** Takes everything out, in memory and outside of it. */
  void drain(Work work, Consumer<Share> taker) {
    for (Share share = poll(); share != null; share = poll()) {
      taker.accept(share);
    }
    for (Flow flow : withParked) {
      flow.inParkedRing = false;
      while (flow.hasParked()) {
        work.recalled().add(new Recalled(flow.unpark(), null));
      }
      forget(flow);
    }
    withParked.clear();
  }
}
