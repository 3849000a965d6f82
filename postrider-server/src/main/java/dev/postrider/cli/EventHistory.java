package dev.postrider.cli;

import dev.postrider.archive.Importer;
import dev.postrider.config.Config;
import dev.postrider.event.EventReader;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** What the event log knows of a message that is not in the queue. Functions only. */
final class EventHistory {
  private EventHistory() {}

  /**
   * Whether it knows the message; empty if there is no log that reaches back so far.
   *
   * @param caller reads the log
   */
  static Optional<Boolean> knows(Config config, QueueId id, Importer.Caller caller) {
    if (!config.flag("postrider_event_log")) {
      return Optional.empty();
    }
    try {
      return caller.run(() -> {
        EventReader reader = new EventReader(Path.of(config.text("queue_directory")));
        Instant begin = reader.begin();
        boolean[] known = {false};
        reader.read(line -> known[0] |= line.id().filter(id::equals).isPresent());
        return known[0]
            ? Optional.of(true)
            : begin != null && begin.isBefore(id.time()) ? Optional.of(false) : Optional.empty();
      });
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
