package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages that wait for people: for an account that works again, or, on hold, for a setting that
 * is mended. Safe on any thread.
 */
final class Parked {
  private IdSet waiting = new IdSet();
  private IdSet held = new IdSet();

  synchronized void waits(QueueId id) {
    waiting.add(id);
  }

  synchronized void held(QueueId id) {
    held.add(id);
  }

  /** It left the queue, or waits for something else. */
  synchronized void left(QueueId id) {
    if (waiting.size() > 0) {
      waiting.remove(id);
    }
  }

  synchronized boolean isEmpty() {
    return waiting.size() == 0 && held.size() == 0;
  }

  /** Those on hold, who are no longer known here then. */
  synchronized List<QueueId> takeHeld() {
    List<QueueId> all = list(held);
    held = new IdSet();
    return all;
  }

  /** Those that wait for an account, who are no longer known here then. */
  synchronized List<QueueId> takeWaiting() {
    List<QueueId> all = list(waiting);
    waiting = new IdSet();
    return all;
  }

  private static List<QueueId> list(IdSet ids) {
    List<QueueId> all = new ArrayList<>(ids.size());
    ids.forEach(all::add);
    return all;
  }
}
