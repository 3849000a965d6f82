package dev.postrider.daemon;

import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.control.QueueChange;
import dev.postrider.event.Event;
import dev.postrider.event.Events;
import dev.postrider.queue.QueueManager;
import dev.postrider.queue.QueueView;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Carries out what postsuper(1) asks of the running queue. Safe on any thread. */
record QueueChanges(QueueManager queue, Spool spool, Requeue requeue, Events events) {
  ControlAnswer carryOut(ControlRequest.Change request, ControlOutput output) {
    Set<QueueView.Queue> queues = queues(request.queues());
    // Once: a million messages are deleted by one person.
    String by = output.caller();
    if (request.ids().isEmpty()) {
      for (QueueId id : queue.listing().in(queues)) {
        change(request.change(), id, id.print(requeue.longIds()), by, output);
      }
    }
    for (String text : request.ids()) {
      Optional<QueueId> id = QueueId.parse(text);
      if (id.isPresent()
          && queue.listing().queueOf(id.get()).filter(queues::contains).isPresent()) {
        change(request.change(), id.get(), text, by, output);
      }
    }
    return new ControlAnswer.Done();
  }

  private void change(
      QueueChange change, QueueId id, String text, String by, ControlOutput output) {
    boolean changed =
        switch (change) {
          case DELETE -> queue.orders().delete(id);
          case HOLD -> queue.orders().hold(id);
          case RELEASE -> queue.orders().release(id);
          case EXPIRE -> queue.orders().expire(id);
          case REQUEUE -> requeue(id, text);
        };
    if (changed) {
      events.record(event(change, id, by));
      output.changed(text);
    }
  }

  /** What the event log hears of a change. */
  static Event event(QueueChange change, QueueId id, String by) {
    return switch (change) {
      case DELETE -> new Event.Ended(id, Event.Ending.DELETED, by);
      case REQUEUE -> new Event.Ended(id, Event.Ending.REQUEUED, by);
      case HOLD -> new Event.Changed(id, Event.Change.HELD, by);
      case RELEASE -> new Event.Changed(id, Event.Change.RELEASED, by);
      case EXPIRE -> new Event.Changed(id, Event.Change.EXPIRED, by);
    };
  }

  /** Not while it is being delivered: its recipients would get it twice. */
  private boolean requeue(QueueId id, String text) {
    boolean wasHeld = queue.listing().queueOf(id).equals(Optional.of(QueueView.Queue.HOLD));
    queue.orders().hold(id);
    if (queue.listing().isActive(id)) {
      requeue.log().warning("postsuper", text + ": not requeued: it is being delivered");
    } else {
      Optional<StoredMessage> message = spool.find(id);
      if (message.isPresent() && requeue.store(message.get())) {
        return queue.orders().delete(id);
      }
    }
    if (!wasHeld) {
      queue.orders().release(id);
    }
    return false;
  }

  /** Queues of ours; Postfix's others are always empty here. */
  static Set<QueueView.Queue> queues(Set<String> names) {
    Set<QueueView.Queue> queues = EnumSet.noneOf(QueueView.Queue.class);
    for (QueueView.Queue each : QueueView.Queue.values()) {
      if (names.contains(each.toString())) {
        queues.add(each);
      }
    }
    return queues;
  }
}
