package dev.postrider.local;

import dev.postrider.delivery.DeliveryStatus;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was done for recipients of whom a part still waits, so that the next attempt does not do it
 * again: an alias may name a command, a file and a mailbox, and only one of them may fail. In
 * memory only and bounded: after a restart, or beyond the bound, it is done again rather than not
 * at all. Safe on any thread.
 */
final class Progress {
  private static final int MOST_RECIPIENTS = 200;
  private static final int MOST_DEEDS = 1_000;

  /** The least recently used goes first. */
  private final Map<String, Done> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Done> eldest) {
          return size() > MOST_RECIPIENTS;
        }
      };

  /**
   * What was done for one recipient. For one thread: a recipient is delivered to by one at once.
   */
  static final class Done {
    private final Map<String, DeliveryStatus> deeds = new HashMap<>();

    /** What became of it in an earlier attempt; null if it was not done, or has to be again. */
    @Nullable DeliveryStatus status(String deed) {
      return deeds.get(deed);
    }

    void add(String deed, DeliveryStatus status) {
      if (!(status instanceof DeliveryStatus.Deferred) && deeds.size() < MOST_DEEDS) {
        deeds.put(deed, status);
      }
    }

    private boolean isEmpty() {
      return deeds.isEmpty();
    }
  }

  /**
   * What is known.
   *
   * @param key queue id and recipient
   */
  synchronized Done of(String key) {
    Done done = known.get(key);
    return done == null ? new Done() : done;
  }

  /** Keeps it for the next attempt. */
  synchronized void keep(String key, Done done) {
    if (!done.isEmpty()) {
      known.put(key, done);
    }
  }

  synchronized void forget(String key) {
    known.remove(key);
  }
}
