package dev.postrider.daemon;

import dev.postrider.cli.Command;
import dev.postrider.cli.DaemonOptions;
import dev.postrider.cli.DaemonProcess;
import dev.postrider.cli.Invocation;
import dev.postrider.cli.Preparation;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.control.ControlClient;
import dev.postrider.helper.Helper;
import dev.postrider.helper.OwnRights;
import dev.postrider.helper.RemoteHelper;
import dev.postrider.io.ActingAs;
import dev.postrider.io.DirectoryLock;
import dev.postrider.io.OwnUser;
import dev.postrider.io.Pause;
import dev.postrider.io.Programs;
import dev.postrider.io.ReadRights;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The daemon itself: {@code daemon -c DIR}, which {@code postfix start} and {@code sendmail} run,
 * prints one line when it listens, or the reason why it does not; {@code master} is for service
 * managers and containers and stays with who started it.
 */
final class DaemonCommand implements Command {
  /** Another daemon has this queue (sysexits.h: EX_UNAVAILABLE). */
  private static final int ALREADY_RUNNING = 69;

  /** As long as another daemon may take to leave. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    DaemonOptions options;
    try {
      options = DaemonOptions.of(call);
    } catch (DaemonOptions.UsageException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
    @Nullable DaemonLog log = null;
    try {
      Config config = Config.load(options.directory());
      if (options.test()) {
        return isAnswered(config) ? ALREADY_RUNNING : 0;
      }
      log = open(config, options);
      return run(config, log, options, call);
    } catch (ConfigException | IOException e) {
      boolean isHeld = e instanceof DirectoryLock.HeldException;
      String reason = reason(e);
      // Not on standard output, which may be the log.
      call.err().println("postfix/master: fatal: " + reason);
      if (log != null) {
        // Nobody may be there to read what was printed.
        log.error("master", "fatal: " + reason);
        log.close();
      }
      return isHeld ? ALREADY_RUNNING : 1;
    }
  }

  private static String reason(Exception e) {
    return e instanceof AccessDeniedException
        ? e.getMessage()
            + ": permission denied (whose is it? root's \"postfix start\" gives the"
            + " directories to mail_owner, but not what others have put into them)"
        : String.valueOf(e.getMessage());
  }

  /** Prepares what {@code postfix start} would have, if that has not been here. */
  private static DaemonLog open(Config config, DaemonOptions options)
      throws IOException, ConfigException {
    if (!options.foreground()) {
      return DaemonLog.open(config);
    }
    List<String> found = new ArrayList<>();
    Preparation preparation = new Preparation(config);
    if (!preparation.check(ConfigProblems::check, found::add)) {
      throw new ConfigException(String.join("; ", found));
    }
    List<String> made = new ArrayList<>();
    preparation.run(made::add);
    DaemonLog log = DaemonLog.open(config);
    made.forEach(each -> log.info("master", each));
    return log;
  }

  private static int run(Config config, DaemonLog log, DaemonOptions options, Invocation call)
      throws IOException, ConfigException, InterruptedException {
    if (!options.foreground() && !isSessionLeader()) {
      Libc.setsid();
    }
    Begun begun = begin(config, log, options, call.environment(), OwnUser.isRoot());
    if (!options.foreground() && !begun.daemon.logsToStandardOutput()) {
      call.out().println(DaemonProcess.READY);
      call.out().flush();
    }
    begun.daemon.announce();
    return begun.termination.exitCode(begun.daemon.awaitEnd());
  }

  /** A daemon that listens, and the signals that end it. */
  record Begun(Daemon daemon, Termination termination) {}

  /**
   * Starts a daemon in this process.
   *
   * @param root whether to give up root's rights, of which a process of its own keeps some
   */
  static Begun begin(
      Config config,
      DaemonLog log,
      DaemonOptions options,
      Map<String, String> environment,
      boolean root)
      throws IOException, ConfigException, InterruptedException {
    HangUp hangUp = HangUp.watch();
    Orphans.watch(log);
    Daemon daemon = start(config, log, options, environment, root);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> log.bug("master", "thread \"" + thread.getName() + "\"", e));
    Runtime.getRuntime().addShutdownHook(new Thread(daemon::stop, "stop"));
    Termination termination = Termination.of(daemon.ending());
    hangUp.obeyBy(daemon::reload, log);
    IdleMemory.watch(log);
    return new Begun(daemon, termination);
  }

  /** Asked of the kernel where that is cheap: the C library costs a tenth of a second. */
  private static boolean isSessionLeader() throws IOException {
    return OwnStat.field(OwnStat.SESSION)
        .map(session -> session.equals(Long.toString(ProcessHandle.current().pid())))
        .orElse(false);
  }

  private static Daemon start(
      Config config,
      DaemonLog log,
      DaemonOptions options,
      Map<String, String> environment,
      boolean root)
      throws IOException, ConfigException, InterruptedException {
    ServiceManager manager =
        ServiceManager.of(environment, warning -> log.warning("master", warning));
    MasterConfig master = MasterConfig.load(options.directory()).enabled(config);
    config.warnings().forEach(warning -> log.warning("master", warning));
    master.warnings().forEach(warning -> log.warning("master", warning));
    awaitTurn(config);
    Consumer<String> warnings = text -> log.warning("master", text);
    Entrances entrances =
        Entrances.open(config, master, Activation.take(environment, warnings), warnings);
    InstantSource clock = InstantSource.system();
    // Before the rights are given up, of which that process keeps what acting for others needs.
    Helper helper =
        root && ActingAs.isSupported()
            ? new RemoteHelper(RootHelper.start(config, log))
            : ownRights(config, log, clock);
    @Nullable Privileges privileges = root ? drop(config.text("mail_owner")) : null;
    return new Daemon(
        config,
        master,
        entrances,
        new Shared(config, log, clock, privileges == null ? ReadRights.own() : privileges, helper),
        privileges,
        options,
        manager);
  }

  /** Waits for a daemon that is about to end; one that goes on keeps its place. */
  private static void awaitTurn(Config config) throws IOException {
    Path queue = Path.of(config.text("queue_directory"));
    Path running = queue.resolve("pid/master.pid");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<DirectoryLock.HeldException> held = DirectoryLock.held(queue.resolve("spool"));
      if (held.isEmpty()) {
        return;
      }
      if (Files.exists(running) || System.nanoTime() > deadline || !Pause.of(BETWEEN_TRIES)) {
        throw held.get();
      }
    }
  }

  private static boolean isAnswered(Config config) {
    Path socket = ControlClient.socket(Path.of(config.text("queue_directory")));
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static Helper ownRights(Config config, MailLog log, InstantSource clock)
      throws IOException {
    OwnRights rights = new OwnRights(config, clock);
    try {
      rights.undoLeft(text -> log.warning("local", text));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.info(
        "master",
        "started by uid "
            + OwnUser.uid()
            + ", not by root: local delivery is to that user only, and runs commands as that user");
    return rights;
  }

  private static Privileges drop(String owner) throws IOException {
    return Privileges.dropTo(id("-u", owner), id("-g", owner));
  }

  private static int id(String option, String name) throws IOException {
    try {
      Process process = Programs.start(new ProcessBuilder("id", option, name));
      String answer =
          new String(
                  process.getInputStream().readAllBytes(),
                  java.nio.charset.StandardCharsets.US_ASCII)
              .strip();
      if (process.waitFor() == 0) {
        return Integer.parseInt(answer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException(
        "mail_owner: there is no account \"" + name + "\" (postfix set-permissions makes one)");
  }
}
