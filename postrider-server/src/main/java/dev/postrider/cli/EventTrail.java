package dev.postrider.cli;

import dev.postrider.event.EventLine;
import dev.postrider.event.EventReader;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the event log says became of some messages. For one thread. */
final class EventTrail {
  private final Map<QueueId, Trail> trails = new HashMap<>();

  /**
   * One message.
   *
   * @param accepted whether the log goes back to its beginning
   * @param ended how it ended last; empty if it did not, or if damage took it
   * @param done recipients that need no further attempt; null if the log could not say which
   */
  record Trail(boolean accepted, String ended, @Nullable BitSet done) {
    private static final Trail UNKNOWN = new Trail(false, "", new BitSet());

    private Trail and(@Nullable BitSet more) {
      BitSet both = done == null || more == null ? null : (BitSet) done.clone();
      if (both != null && more != null) {
        both.or(more);
      }
      return new Trail(accepted, ended, both);
    }
  }

  private EventTrail() {}

  /** Reads the log once. */
  static EventTrail read(EventReader reader, Collection<QueueId> wanted) throws IOException {
    EventTrail trail = new EventTrail();
    wanted.forEach(id -> trail.trails.put(id, Trail.UNKNOWN));
    reader.read(line ->
        line.id().ifPresent(id -> trail.trails.computeIfPresent(id, (_, old) -> next(old, line))));
    return trail;
  }

  private static Trail next(Trail old, EventLine line) {
    return switch (line.event()) {
      case "accepted" -> new Trail(true, "", line.numbers("done"));
      case "attempt" -> line.is("status", "sent") ? old.and(one(line)) : old;
      case "returned" -> old.and(line.numbers("which"));
      case "end" -> new Trail(old.accepted, line.word("how"), old.done);
      case "recovered" -> new Trail(true, "", old.done).and(line.numbers("done"));
      case "gone" -> new Trail(old.accepted, line.is("damaged", "yes") ? "" : "unseen", old.done);
      default -> old;
    };
  }

  private static BitSet one(EventLine line) {
    BitSet one = new BitSet();
    int recipient = (int) line.number("recipient", -1);
    if (recipient >= 0) {
      one.set(recipient);
    }
    return one;
  }

  Trail of(QueueId id) {
    return trails.getOrDefault(id, Trail.UNKNOWN);
  }

  /** Endings after which nothing is to be saved. */
  static boolean isFinal(String ended) {
    return List.of("delivered", "returned", "deleted", "requeued", "probed").contains(ended);
  }
}
