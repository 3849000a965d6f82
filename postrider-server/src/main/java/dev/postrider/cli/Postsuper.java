package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.control.QueueChange;
import dev.postrider.control.QueueEntry;
import dev.postrider.io.OwnUser;
import dev.postrider.log.MailLog;
import dev.postrider.pickup.WaitingSubmission;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** postsuper(1): deletes, holds, releases, requeues and expires messages of the queue. */
public final class Postsuper implements Command {
  private static final String USAGE =
      "usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)]"
          + " [-f queue_id (expire and/or un-hold)] [-h queue_id (hold)]"
          + " [-H queue_id (un-hold)] [-p (purge temporary files)] [-r queue_id (requeue)]"
          + " [-s (structure fix)] [-S (redundant structure fix)][-v (verbose)] [queue...]";
  private static final String ALL = "ALL";
  private static final String FROM_INPUT = "-";
  private static final String MAILDROP = "maildrop";

  /** Postfix's queues; those that are not ours are empty. */
  private static final Set<String> QUEUES =
      Set.of(
          MAILDROP,
          "incoming",
          "active",
          "deferred",
          "hold",
          "corrupt",
          "saved",
          "bounce",
          "defer",
          "trace",
          "flush");

  /** Changes a queue whose daemon is not running. */
  @FunctionalInterface
  public interface StoppedQueue {
    /** Carries a request out as the daemon would. */
    void change(Config config, ControlRequest.Change request, ControlOutput output, MailLog log)
        throws IOException, InterruptedException;
  }

  private final StoppedQueue stoppedQueue;
  private final Postlog.LogOpener opener;

  public Postsuper(StoppedQueue stoppedQueue, Postlog.LogOpener opener) {
    this.stoppedQueue = stoppedQueue;
    this.opener = opener;
  }

  /** One option: what to do with whom. */
  private record Step(QueueChange change, String ids) {}

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    Getopt options = new Getopt(call.arguments(), "c:d:e:f:h:H:pr:sSv");
    Optional<String> directory = Optional.empty();
    List<Step> steps = new ArrayList<>();
    for (var next = options.next(); next.isPresent(); next = options.next()) {
      String value = next.get().value();
      switch (next.get().letter()) {
        case 'c' -> directory = Optional.of(value);
        case 'd' -> steps.add(new Step(QueueChange.DELETE, value));
        case 'e' -> steps.add(new Step(QueueChange.EXPIRE, value));
        case 'f' -> {
          steps.add(new Step(QueueChange.EXPIRE, value));
          steps.add(new Step(QueueChange.RELEASE, value));
        }
        case 'h' -> steps.add(new Step(QueueChange.HOLD, value));
        case 'H' -> steps.add(new Step(QueueChange.RELEASE, value));
        case 'r' -> steps.add(new Step(QueueChange.REQUEUE, value));
        case 'p', 's', 'S', 'v' -> {
          // There are no files to purge or to rename: the spool mends itself at each start.
        }
        case ':' -> {
          call.err().println("postsuper: option requires an argument -- '" + value + "'");
          return fatal(call, USAGE);
        }
        default -> {
          call.err().println("postsuper: invalid option -- '" + value + "'");
          return fatal(call, USAGE);
        }
      }
    }
    Config config;
    try {
      config = Config.load(ConfigDirectory.of(call, directory));
    } catch (ConfigException e) {
      return fatal(call, String.valueOf(e.getMessage()));
    }
    Path queueDirectory = Path.of(config.text("queue_directory"));
    if (!OwnUser.isRoot() && !(Files.exists(queueDirectory) && OwnUser.owns(queueDirectory))) {
      return fatal(call, "use of this command is reserved for the superuser");
    }
    for (String name : options.operands()) {
      if (!QUEUES.contains(name)) {
        return fatal(call, "invalid directory name: " + name);
      }
    }
    try (Postlog.OpenLog log = opener.open(config, config.text("syslog_name") + "/postsuper")) {
      return new Run(call, config, Set.copyOf(options.operands()), log.log()).all(steps);
    } catch (IOException e) {
      return fatal(call, String.valueOf(e.getMessage()));
    }
  }

  private static int fatal(Invocation call, String text) {
    call.fatal(text);
    return 1;
  }

  /** One call. For one thread. */
  private final class Run {
    private final Invocation call;
    private final Config config;
    private final Set<String> queues;
    private final MailLog log;
    private final Map<QueueChange, Long> counts = new EnumMap<>(QueueChange.class);

    Run(Invocation call, Config config, Set<String> queues, MailLog log) {
      this.call = call;
      this.config = config;
      this.queues = queues;
      this.log = log;
    }

    int all(List<Step> steps) throws IOException, InterruptedException {
      List<String> input = null;
      for (Step step : steps) {
        counts.putIfAbsent(step.change(), 0L);
        switch (step.ids()) {
          case ALL -> everything(step.change());
          case FROM_INPUT -> {
            // Read once: -f asks twice for the same.
            input = input == null ? read() : input;
            these(step.change(), input);
          }
          default -> these(step.change(), List.of(step.ids()));
        }
      }
      for (Map.Entry<QueueChange, Long> each : counts.entrySet()) {
        long count = each.getValue();
        say(each.getKey().total() + ": " + count + " message" + (count == 1 ? "" : "s"));
      }
      return 0;
    }

    private List<String> read() throws IOException {
      Set<String> ids = new LinkedHashSet<>();
      BufferedReader in =
          new BufferedReader(new InputStreamReader(call.in(), StandardCharsets.ISO_8859_1));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.isBlank()) {
          ids.add(line.strip());
        }
      }
      return List.copyOf(ids);
    }

    private void everything(QueueChange change) throws IOException, InterruptedException {
      if (change == QueueChange.DELETE && in(change).contains(MAILDROP)) {
        for (WaitingSubmission each : WaitingSubmission.list(config)) {
          unlink(each.name());
        }
      }
      request(change, List.of(), _ -> {});
    }

    private void these(QueueChange change, List<String> ids)
        throws IOException, InterruptedException {
      List<String> batch = new ArrayList<>();
      for (String id : ids) {
        if (!isId(id)) {
          String text = "invalid mail queue id: " + id;
          call.warning(text);
          log.warning("", text);
        } else if (id.indexOf('.') >= 0) {
          submission(change, id);
        } else {
          batch.add(id);
        }
        if (batch.size() == ControlRequest.Change.MOST_IDS) {
          request(change, batch, done -> say(done + ": " + change.done()));
          batch.clear();
        }
      }
      if (!batch.isEmpty()) {
        request(change, batch, done -> say(done + ": " + change.done()));
      }
    }

    /** A file that still lies in the maildrop: its name has a dot, as mailq shows it. */
    private void submission(QueueChange change, String name) throws IOException {
      if (change == QueueChange.DELETE
          && in(change).contains(MAILDROP)
          && WaitingSubmission.list(config).stream().anyMatch(each -> each.name().equals(name))
          && unlink(name)) {
        say(name + ": " + change.done());
      }
    }

    private boolean unlink(String name) throws IOException {
      boolean gone = Files.deleteIfExists(Path.of(config.text("queue_directory"), MAILDROP, name));
      if (gone) {
        counts.merge(QueueChange.DELETE, 1L, Long::sum);
      }
      return gone;
    }

    private void request(QueueChange change, List<String> ids, ControlChanged told)
        throws IOException, InterruptedException {
      ControlRequest.Change request = new ControlRequest.Change(change, in(change), ids);
      ControlOutput output =
          new ControlOutput() {
            @Override
            public void entry(QueueEntry entry) {}

            @Override
            public void changed(String id) {
              counts.merge(change, 1L, Long::sum);
              told.changed(id);
            }
          };
      Path socket = ControlClient.socket(Path.of(config.text("queue_directory")));
      try {
        if (ControlClient.ask(socket, request, output)
            instanceof ControlAnswer.Failed(String text)) {
          throw new IOException(text);
        }
      } catch (SocketException | NoSuchFileException e) {
        stoppedQueue.change(config, request, output, log);
      }
    }

    private Set<String> in(QueueChange change) {
      if (!queues.isEmpty()) {
        return queues;
      }
      return switch (change) {
        case DELETE, REQUEUE -> Set.of(MAILDROP, "incoming", "active", "deferred", "hold");
        case EXPIRE -> Set.of("incoming", "active", "deferred", "hold");
        case HOLD -> Set.of("incoming", "active", "deferred");
        case RELEASE -> Set.of("hold");
      };
    }

    private void say(String text) {
      call.err().println("postsuper: " + text);
      log.info("", text);
    }
  }

  @FunctionalInterface
  private interface ControlChanged {
    void changed(String id);
  }

  /** What Postfix takes for a queue id, and the names in the maildrop. */
  private static boolean isId(String text) {
    return !text.isEmpty()
        && text.length() <= 32
        && text.chars()
            .allMatch(c ->
                (c >= '0' && c <= '9')
                    || (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || c == '.');
  }
}
