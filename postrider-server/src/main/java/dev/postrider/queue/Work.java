package dev.postrider.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * What the scheduler hands out: jobs that hold their permits already, and jobs not worth trying,
 * and messages that may come back into the active set. For one thread.
 */
record Work(List<Job> jobs, List<Suspended> suspended, List<Recalled> recalled) {
  Work() {
    this(new ArrayList<>(2), new ArrayList<>(0), new ArrayList<>(0));
  }

  boolean isEmpty() {
    return jobs.isEmpty() && suspended.isEmpty() && recalled.isEmpty();
  }
}
