package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.event.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code postrider audit}: proves over the event log and the queue that every accepted message is
 * in exactly one end state or in the queue, and every recipient of an ended one is done exactly
 * once.
 */
public final class Audit implements Command {
  private static final int EX_UNAVAILABLE = 69;
  private static final String USAGE =
      """
      usage: postrider audit [-c DIR] [--json]

        --json    what was found as one object

      Exit code: 0 if it holds, 1 if it does not.
      """;

  private final QueueReader.StoppedQueue stoppedQueue;

  public Audit(QueueReader.StoppedQueue stoppedQueue) {
    this.stoppedQueue = stoppedQueue;
  }

  @Override
  public int run(Invocation call) throws InterruptedException {
    List<String> rest = new ArrayList<>(call.arguments());
    Optional<String> directory = Optional.empty();
    boolean json = false;
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      switch (word) {
        case "--json" -> json = true;
        case "help", "--help", "-h" -> {
          call.out().print(USAGE);
          return 0;
        }
        case "-c" -> {
          if (rest.isEmpty()) {
            return usage(call, "-c needs a value");
          }
          directory = Optional.of(rest.removeFirst());
        }
        default -> {
          return usage(call, word + ": there is no such option");
        }
      }
    }
    try {
      Config config = Config.load(ConfigDirectory.of(call, directory));
      try {
        AuditRun audit = new AuditRun(config, LogAccess.open(config), stoppedQueue);
        List<Finding> findings = audit.run();
        AuditReport report = new AuditReport(call.out(), audit, findings);
        if (json) {
          report.json(config.flag("enable_long_queue_ids"));
        } else {
          report.text(config.flag("enable_long_queue_ids"));
        }
        return audit.holds() ? 0 : 1;
      } catch (AccessDeniedException e) {
        throw LogAccess.denied(config, e);
      }
    } catch (ConfigException | IOException | UncheckedIOException e) {
      call.as("postrider audit", List.of()).fatal(String.valueOf(e.getMessage()));
      return EX_UNAVAILABLE;
    }
  }

  private static int usage(Invocation call, String fault) {
    return call.as("postrider audit", List.of()).misused(fault, USAGE);
  }
}
