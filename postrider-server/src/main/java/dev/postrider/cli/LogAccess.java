package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.event.EventReader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/** The event log and what stands in its way, for the commands that read it. Functions only. */
final class LogAccess {
  private LogAccess() {}

  /**
   * Where the log of a configuration is.
   *
   * @throws IOException naming the remedy, if there is none or the caller may not read it
   */
  static EventReader open(Config config) throws IOException {
    Path queueDirectory = Path.of(config.text("queue_directory"));
    EventReader reader = new EventReader(queueDirectory);
    try {
      if (reader.isEmpty()) {
        throw new IOException(
            queueDirectory.resolve("events")
                + " holds no event log"
                + (config.flag("postrider_event_log")
                    ? " yet: it begins with the next start"
                    : ": set postrider_event_log = yes and start again"));
      }
    } catch (AccessDeniedException e) {
      throw denied(config, e);
    }
    return reader;
  }

  /** What to do about a file that one may not read. */
  static IOException denied(Config config, AccessDeniedException e) {
    return new IOException(
        e.getFile() + ": permission denied: be root or " + config.text("mail_owner"), e);
  }
}
