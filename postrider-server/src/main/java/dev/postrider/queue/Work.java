package dev.postrider.queue;

import dev.postrider.spool.QueueId;
import java.util.ArrayList;
import java.util.List;

/**
 * What the scheduler hands out. For one thread.
 *
 * @param jobs to be run; they hold their permits already
 * @param suspended jobs that are not worth trying
 * @param recalled messages that may come back into the active set
 * @param woken deferred messages whose fault has ended
 * @param scouts destinations of which one message is to find out whether they are back
 */
record Work(
    List<Job> jobs,
    List<Suspended> suspended,
    List<Recalled> recalled,
    List<QueueId> woken,
    List<Destination> scouts) {
  Work() {
    this(
        new ArrayList<>(2),
        new ArrayList<>(0),
        new ArrayList<>(0),
        new ArrayList<>(0),
        new ArrayList<>(0));
  }

  boolean isEmpty() {
    return jobs.isEmpty()
        && suspended.isEmpty()
        && recalled.isEmpty()
        && woken.isEmpty()
        && scouts.isEmpty();
  }
}
