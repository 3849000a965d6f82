package dev.postrider.cli;

import dev.postrider.account.AccountAlarm;
import dev.postrider.account.AccountState;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.doctor.MailFlow;
import dev.postrider.doctor.Room;
import dev.postrider.doctor.StatusReport;
import dev.postrider.doctor.StuckMail;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code postrider status}: whether mail flows, and what is stuck since when and why. */
public final class Status implements Command {
  private static final int ERROR = 2;
  private static final String USAGE =
      """
      usage: postrider status [-c DIR] [--json]

      Exit code: 0 if mail flows, 1 if some waits for more than an hour, 2 if nothing can flow.
      """;

  private final QueueReader reader;
  private final Room.Gauge gauge;
  private final InstantSource clock;

  public Status(QueueReader reader, Room.Gauge gauge, InstantSource clock) {
    this.reader = reader;
    this.gauge = gauge;
    this.clock = clock;
  }

  @Override
  public int run(Invocation call) throws InterruptedException {
    List<String> rest = new ArrayList<>(call.arguments());
    Optional<String> directory = Optional.empty();
    boolean json = false;
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      if (List.of("help", "--help", "-h").contains(word)) {
        call.out().print(USAGE);
        return 0;
      } else if (word.equals("--json")) {
        json = true;
      } else if (word.equals("-c") && !rest.isEmpty()) {
        directory = Optional.of(rest.removeFirst());
      } else {
        return call.as("postrider status", List.of())
            .misused(
                word + (word.equals("-c") ? " needs a value" : ": there is no such option"), USAGE);
      }
    }
    try {
      StatusReport report = report(call, Config.load(ConfigDirectory.of(call, directory)));
      if (json) {
        call.out().println(report.json());
      } else {
        report.print(call.out(), ZoneId.systemDefault());
      }
      return report.verdict().exitCode();
    } catch (ConfigException e) {
      call.as("postrider status", List.of()).fatal(String.valueOf(e.getMessage()));
      return ERROR;
    }
  }

  private StatusReport report(Invocation call, Config config) throws InterruptedException {
    @Nullable MailFlow flow = null;
    String flowReason = "";
    try {
      flow = MailFlow.read(LogAccess.open(config), clock.instant());
    } catch (AccessDeniedException e) {
      flowReason = String.valueOf(LogAccess.denied(config, e).getMessage());
    } catch (IOException e) {
      flowReason = String.valueOf(e.getMessage());
    }
    StuckMail counted = new StuckMail();
    @Nullable StuckMail stuck = counted;
    List<AccountState> stopped = new ArrayList<>();
    String stuckReason = "";
    AccountMail mail = new AccountMail();
    try {
      QuietQueue.read(
          reader,
          call,
          config,
          entry -> {
            counted.add(entry);
            mail.add(entry);
          },
          stopped::add);
    } catch (AccessDeniedException e) {
      stuck = null;
      stuckReason = String.valueOf(LogAccess.denied(config, e).getMessage());
    } catch (IOException e) {
      stuck = null;
      stuckReason = String.valueOf(e.getMessage());
    }
    @Nullable Room room = null;
    try {
      room = gauge.measure(Path.of(config.text("queue_directory")));
    } catch (IOException _) {
      // The rest is worth telling without it, and it is told that it is not known.
      room = null;
    }
    return new StatusReport(
        config,
        clock.instant(),
        DaemonSight.of(config),
        flow,
        flowReason,
        stuck,
        stuckReason,
        WaitingAccounts.of(config, clock, mail),
        room,
        AccountAlarm.all(stopped, Rules.of(call, config)));
  }
}
