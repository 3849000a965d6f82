package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.control.QueueEntry;
import dev.postrider.control.QueueListing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** postqueue(1): lists the queue and asks for deliveries; {@code mailq} is its {@code -p}. */
public final class Postqueue implements Command {
  private static final int EX_UNAVAILABLE = 69;
  private static final String USAGE =
      "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM d HH:mm", Locale.US);

  private final QueueReader reader;
  private final InstantSource clock;

  public Postqueue(QueueReader reader, InstantSource clock) {
    this.reader = reader;
    this.clock = clock;
  }

  @Override
  public int run(Invocation call) throws IOException {
    Getopt options = new Getopt(call.arguments(), "c:fi:jps:v");
    Optional<String> directory = Optional.empty();
    Getopt.@Nullable Option action = null;
    for (var next = options.next(); next.isPresent(); next = options.next()) {
      Getopt.Option option = next.get();
      switch (option.letter()) {
        case 'c' -> directory = Optional.of(option.value());
        case 'v' -> {
          // Postfix logs more; there is nothing more to say here.
        }
        case '?' -> {
          call.err().println("postqueue: invalid option -- '" + option.value() + "'");
          return usage(call);
        }
        case ':' -> {
          call.err().println("postqueue: option requires an argument -- '" + option.value() + "'");
          return usage(call);
        }
        default -> {
          if (action != null) {
            return usage(call);
          }
          action = option;
        }
      }
    }
    if (action == null || !options.operands().isEmpty()) {
      return usage(call);
    }
    Config config;
    try {
      config = Config.load(ConfigDirectory.of(call, directory));
    } catch (ConfigException e) {
      call.fatal(e.getMessage() == null ? "configuration" : e.getMessage());
      return EX_UNAVAILABLE;
    }
    return switch (action.letter()) {
      case 'p' -> list(call, config, false);
      case 'j' -> list(call, config, true);
      case 'i' -> order(call, config, new ControlRequest.FlushMessage(action.value()));
      case 's' -> order(call, config, new ControlRequest.FlushSite(action.value()));
      default -> order(call, config, new ControlRequest.Flush());
    };
  }

  private static int usage(Invocation call) {
    call.err().println("postqueue: fatal: " + USAGE);
    return EX_UNAVAILABLE;
  }

  private int list(Invocation call, Config config, boolean json) {
    Invocation named = call.as("postqueue", call.arguments());
    QueueListing listing =
        new QueueListing(
            call.out(),
            config.flag("enable_long_queue_ids"),
            ZoneId.systemDefault(),
            Rules.of(named, config));
    AccountMail mail = new AccountMail();
    Consumer<QueueEntry> row =
        json
            ? listing::json
            : entry -> {
              listing.row(entry);
              mail.add(entry);
            };
    long damaged;
    try {
      damaged = reader.read(named, config, row, json ? _ -> {} : listing::alarm);
    } catch (ClosedOutputException e) {
      return e.code();
    } catch (IOException e) {
      call.err().println("postqueue: fatal: " + e.getMessage());
      return EX_UNAVAILABLE;
    }
    if (!json) {
      DateTimeFormatter times = TIME.withZone(ZoneId.systemDefault());
      WaitingAccounts.of(config, clock, mail).forEach(each -> listing.note(each.sentence(times)));
      listing.summary();
      QueueReader.warnOfDamage(named, config, damaged);
    }
    return 0;
  }

  static int order(Invocation call, Config config, ControlRequest request) {
    Path socket = ControlClient.socket(Path.of(config.text("queue_directory")));
    try {
      ControlAnswer answer = ControlClient.ask(socket, request, ControlOutput.none());
      if (answer instanceof ControlAnswer.Failed(String text)) {
        call.err().println("postqueue: fatal: " + text);
        return EX_UNAVAILABLE;
      }
      return 0;
    } catch (IOException e) {
      call.err().println("postqueue: fatal: Cannot flush mail queue - mail system is down");
      return EX_UNAVAILABLE;
    }
  }
}
