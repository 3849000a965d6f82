package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.QueueListing;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code postrider queue}: finds messages of the queue, and counts them by age and destination. Has
 * long options, for people; what scripts know is postqueue's.
 */
public final class QueueCommand implements Command {
  private static final int EX_UNAVAILABLE = 69;
  static final String USAGE =
      """
      usage: postrider queue list [-c DIR] [--json] [FILTER ...]
             postrider queue shape [-c DIR] [--senders] [FILTER ...]

        --sender ADDRESS, --recipient ADDRESS
                         an address, or a pattern with *; <> is the null sender
        --domain NAME    the recipients of one domain
        --reason TEXT    a part of the reason why it waits
        --older AGE      at least that old: a number and s, m, h, d or w
        --queue NAME     incoming, active, deferred, hold or maildrop

        list    prints as mailq does, or with --json as postqueue -j
        shape   counts the recipients who wait, by domain (or with --senders the messages, by the
                sender's) and by age in minutes
      """;

  private final QueueReader reader;
  private final InstantSource clock;

  public QueueCommand(QueueReader reader, InstantSource clock) {
    this.reader = reader;
    this.clock = clock;
  }

  /** What the arguments ask for. */
  private record Asked(
      String what, Optional<String> directory, boolean json, boolean senders, QueueFilter filter) {}

  @Override
  public int run(Invocation call) throws IOException {
    Asked asked;
    try {
      asked = parse(call.arguments());
    } catch (IllegalArgumentException e) {
      return call.as("postrider queue", List.of()).misused(String.valueOf(e.getMessage()), USAGE);
    }
    if (asked.what().equals("help")) {
      call.out().print(USAGE);
      return 0;
    }
    try {
      Config config = Config.load(ConfigDirectory.of(call, asked.directory()));
      Invocation named = call.as("postrider queue", call.arguments());
      if (asked.what().equals("list")) {
        list(named, config, asked);
      } else {
        shape(named, config, asked);
      }
      return 0;
    } catch (ClosedOutputException e) {
      return e.code();
    } catch (ConfigException | IOException e) {
      call.err().println("postrider queue: fatal: " + e.getMessage());
      return EX_UNAVAILABLE;
    }
  }

  private void list(Invocation call, Config config, Asked asked) throws IOException {
    QueueListing listing =
        new QueueListing(
            call.out(),
            config.flag("enable_long_queue_ids"),
            ZoneId.systemDefault(),
            Rules.of(call, config));
    long damaged =
        reader.read(
            call,
            config,
            entry -> {
              if (!asked.filter().matches(entry)) {
                return;
              }
              if (asked.json()) {
                listing.json(entry);
              } else {
                listing.row(entry);
              }
            });
    if (!asked.json()) {
      listing.summary();
      QueueReader.warnOfDamage(call, config, damaged);
    }
  }

  private void shape(Invocation call, Config config, Asked asked) throws IOException {
    QueueShape shape = new QueueShape(clock.instant(), asked.senders());
    long damaged =
        reader.read(
            call,
            config,
            entry -> {
              if (asked.filter().matches(entry)) {
                shape.add(entry, asked.filter());
              }
            });
    shape.print(call.out());
    QueueReader.warnOfDamage(call, config, damaged);
  }

  private Asked parse(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    String what = rest.isEmpty() ? "" : rest.removeFirst();
    if (List.of("help", "--help", "-h").contains(what)) {
      return new Asked("help", Optional.empty(), false, false, QueueFilter.all());
    }
    if (!what.equals("list") && !what.equals("shape")) {
      throw new IllegalArgumentException(
          what.isEmpty() ? "say what: list or shape" : "\"" + what + "\": use list or shape");
    }
    Optional<String> directory = Optional.empty();
    boolean json = false;
    boolean senders = false;
    QueueFilter filter = QueueFilter.all();
    while (!rest.isEmpty()) {
      String option = rest.removeFirst();
      if (option.equals("--json") && what.equals("list")) {
        json = true;
      } else if (option.equals("--senders") && what.equals("shape")) {
        senders = true;
      } else if (rest.isEmpty() && (option.equals("-c") || QueueFilter.isOption(option))) {
        throw new IllegalArgumentException(option + " needs a value");
      } else if (option.equals("-c")) {
        directory = Optional.of(rest.removeFirst());
      } else if (QueueFilter.isOption(option)) {
        filter = filter.with(option, rest.removeFirst(), clock.instant());
      } else {
        throw new IllegalArgumentException(option + ": there is no such option");
      }
    }
    return new Asked(what, directory, json, senders, filter);
  }
}
