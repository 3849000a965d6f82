package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.event.EventReader;
import dev.postrider.io.Printable;
import dev.postrider.log.MailLog;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code postrider trace}: the history of a message, and of those that come of it, from the event
 * log; and where it is now, from the spool. Works with and without a daemon.
 */
public final class Trace implements Command {
  private static final int EX_UNAVAILABLE = 69;
  private static final MailLog NOWHERE = (severity, process, text) -> {};
  private static final String USAGE =
      """
      usage: postrider trace [-c DIR] [--json] ID | MESSAGE-ID

        ID            a queue id, as the log, mailq and sendmail name it
        MESSAGE-ID    of the header, with or without < and >
        --json        the events themselves, one a line

      Exit code: 0 if something is known of it, 1 if nothing is.
      """;

  private final ZoneId zone;

  /**
   * @param zone for the times shown
   */
  public Trace(ZoneId zone) {
    this.zone = zone;
  }

  /** What the arguments ask for. */
  private record Asked(Optional<String> directory, boolean json, String wanted) {}

  @Override
  public int run(Invocation call) {
    if (List.of("help", "--help", "-h").contains(first(call))) {
      call.out().print(USAGE);
      return 0;
    }
    Asked asked;
    try {
      asked = parse(call.arguments());
    } catch (IllegalArgumentException e) {
      return call.as("postrider trace", List.of()).misused(String.valueOf(e.getMessage()), USAGE);
    }
    try {
      Config config = Config.load(ConfigDirectory.of(call, asked.directory()));
      try {
        return trace(call, config, asked);
      } catch (AccessDeniedException e) {
        throw LogAccess.denied(config, e);
      }
    } catch (ConfigException | IOException | UncheckedIOException e) {
      call.as("postrider trace", List.of()).fatal(String.valueOf(e.getMessage()));
      return EX_UNAVAILABLE;
    }
  }

  private static String first(Invocation call) {
    return call.arguments().isEmpty() ? "" : call.arguments().getFirst();
  }

  private static Asked parse(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    Optional<String> directory = Optional.empty();
    boolean json = false;
    List<String> wanted = new ArrayList<>();
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      if (word.equals("--json")) {
        json = true;
      } else if (word.equals("-c")) {
        if (rest.isEmpty()) {
          throw new IllegalArgumentException("-c needs a value");
        }
        directory = Optional.of(rest.removeFirst());
      } else if (word.startsWith("-")) {
        throw new IllegalArgumentException(word + ": there is no such option");
      } else {
        wanted.add(word);
      }
    }
    if (wanted.size() != 1) {
      throw new IllegalArgumentException("name one message");
    }
    return new Asked(directory, json, wanted.getFirst());
  }

  private int trace(Invocation call, Config config, Asked asked) throws IOException {
    Path queueDirectory = Path.of(config.text("queue_directory"));
    EventReader reader = LogAccess.open(config);
    TraceSearch search = TraceSearch.of(queueDirectory, asked.wanted());
    boolean longIds = config.flag("enable_long_queue_ids");
    TraceText text =
        new TraceText(
            call.out(), zone, longIds, Rules.of(call.as("postrider trace", List.of()), config));
    if (asked.json()) {
      search.lines().forEach(line -> call.out().println(line));
      return search.lines().isEmpty() ? 1 : 0;
    }
    try (SpoolView spool = spool(queueDirectory, search.messages())) {
      for (QueueId id : search.messages()) {
        Optional<StoredMessage> stored = spool.find(id);
        text.message(id, search.linesOf(id), stored, search.links());
      }
    }
    if (search.isCut()) {
      call.out()
          .println(
              "Only the first "
                  + TraceSearch.MOST_LINES
                  + " events and "
                  + TraceSearch.MOST_MESSAGES
                  + " messages are shown.");
    }
    if (search.messages().isEmpty()) {
      Instant begin = reader.begin();
      call.out()
          .println(
              "Nothing is known of "
                  + Printable.of(asked.wanted())
                  + "; the event log goes back to "
                  + (begin == null ? "nothing" : text.time(begin))
                  + ".");
      return 1;
    }
    return 0;
  }

  private static SpoolView spool(Path queueDirectory, List<QueueId> wanted) throws IOException {
    try {
      return SegmentSpool.readOnly(queueDirectory, wanted, NOWHERE);
    } catch (NoSuchFileException e) {
      throw new IOException(queueDirectory + ": there is no queue", e);
    }
  }
}
