package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlRequest;
import dev.postrider.log.MailLog;
import dev.postrider.pickup.HandOver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** postfix(1): starts, stops and checks the mail system. */
public final class Postfix implements Command {
  /** As long as Postfix's script waits before it calls the rest lingering. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  /** What begins to work, or says whether it could: without a log that is refused. */
  private static final Set<String> NEED_A_LOG =
      Set.of("start", "start-fg", "check", "set-permissions");

  /** What is about a running daemon, which must be this configuration's own. */
  private static final Set<String> ABOUT_THE_DAEMON =
      Set.of("start", "start-fg", "stop", "abort", "reload", "flush", "status", "logrotate");

  private static final String COMMANDS =
      "Usage: postfix start (or stop, reload, abort, flush, check, status, start-fg,"
          + " set-permissions, logrotate)";

  private final Preparation.ConfigCheck check;
  private final Postlog.LogOpener opener;
  private final InstanceWrapper several;

  /**
   * @param postmulti takes the commands that are about several instances
   */
  public Postfix(Preparation.ConfigCheck check, Postlog.LogOpener opener, Command postmulti) {
    this.check = check;
    this.opener = opener;
    this.several = new InstanceWrapper(postmulti);
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    Getopt options = new Getopt(call.arguments(), "c:Dv");
    Optional<String> directory = Optional.empty();
    for (var next = options.next(); next.isPresent(); next = options.next()) {
      Getopt.Option option = next.get();
      switch (option.letter()) {
        case 'c' -> directory = Optional.of(option.value());
        case 'D', 'v' -> {
          // A debugger and more logging are Postfix's own affairs.
        }
        default -> {
          call.err().println("postfix: invalid option -- '" + option.value() + "'");
          call.fatal("usage: postfix [-c config_dir] [-Dv] command");
          return 1;
        }
      }
    }
    List<String> operands = options.operands();
    if (operands.isEmpty()) {
      call.fatal("usage: postfix [-c config_dir] [-Dv] command");
      return 1;
    }
    Config config;
    try {
      config = Config.load(ConfigDirectory.of(call, directory));
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
    if (directory.isEmpty() && InstanceWrapper.concerns(call, config)) {
      return handOn(call, config, operands);
    }
    String subcommand = operands.getFirst();
    List<String> rest = operands.subList(1, operands.size());
    if (subcommand.equals("logrotate") && !rest.isEmpty()) {
      call.fatal("usage postfix logrotate (no arguments)");
      return 1;
    }
    if (!rest.isEmpty() && !(subcommand.equals("start") && isLifetime(rest))) {
      call.fatal(
          "postfix "
              + subcommand
              + ": unexpected: "
              + String.join(" ", rest)
              + " (only \"postfix start -e SECONDS\" has more)");
      return 1;
    }
    try (Postlog.OpenLog log =
        opener.open(config, config.text("syslog_name") + "/postfix-script")) {
      return new Script(call, config, log.log()).run(subcommand, rest);
    } catch (Postlog.UnusableLogException e) {
      if (NEED_A_LOG.contains(subcommand)) {
        call.fatal(String.valueOf(e.getMessage()));
        return 1;
      }
      // Whoever wants it stopped because the log's disk broke must be able to.
      call.err().println("postfix: warning: " + e.getMessage());
      return new Script(call, config, (severity, process, text) -> {}).run(subcommand, rest);
    }
  }

  private static boolean isLifetime(List<String> arguments) {
    return arguments.size() == 2
        && arguments.getFirst().equals("-e")
        && arguments.getLast().matches("[1-9][0-9]{0,8}");
  }

  private int handOn(Invocation call, Config config, List<String> operands)
      throws IOException, InterruptedException {
    try {
      return several.run(call, config, operands);
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      try (Postlog.OpenLog log = opener.open(config, "postfix")) {
        log.log().log(MailLog.Severity.INFO, "", "fatal: " + e.getMessage());
      }
      return 1;
    }
  }

  /** One call of one subcommand. */
  private final class Script {
    private final Invocation call;
    private final Config config;
    private final MailLog log;
    private final DaemonProcess daemon;
    private final Preparation preparation;
    private final String system;

    Script(Invocation call, Config config, MailLog log) {
      this.call = call;
      this.config = config;
      this.log = log;
      this.daemon = new DaemonProcess(config);
      this.preparation = new Preparation(config);
      this.system = "the " + config.text("mail_name") + " mail system";
    }

    int run(String subcommand, List<String> rest) throws IOException, InterruptedException {
      Optional<Path> other =
          ABOUT_THE_DAEMON.contains(subcommand) ? daemon.otherConfiguration() : Optional.empty();
      if (other.isPresent()) {
        return fatal(
            "queue_directory = "
                + config.text("queue_directory")
                + " is in use by the mail system of "
                + other.get()
                + ": give each instance a queue_directory of its own, or use -c "
                + other.get());
      }
      return switch (subcommand) {
        case "start" -> start(rest);
        // The launcher runs the daemon in this process's place; by another way it is not reached.
        case "start-fg" -> fatal("start-fg must be the last argument");
        case "stop" -> stop(true);
        case "abort" -> stop(false);
        case "reload" -> {
          HandOver.refreshIfAllowed(config.directory());
          if (daemon.running().isPresent() && !prepareLog()) {
            yield 1;
          }
          yield ask(new ControlRequest.Reload(), "refreshing " + system);
        }
        case "flush" -> Postqueue.order(call, config, new ControlRequest.Flush());
        case "status" -> status();
        case "check" -> checkOnly();
        case "set-permissions" -> prepare() ? 0 : 1;
        case "logrotate" -> logrotate();
        default -> fatal("unknown command: '" + subcommand + "'. " + COMMANDS);
      };
    }

    private int start(List<String> rest) throws IOException, InterruptedException {
      String file = config.text("maillog_file");
      if (file.equals("/dev/stdout") || file.equals("/dev/stderr")) {
        return fatal(
            "maillog_file = "
                + file
                + " needs \"postfix start-fg\": in the background nobody reads that");
      }
      if (daemon.running().isPresent()) {
        return fatal(system + " is already running");
      }
      if (!checkConfig() || !prepare()) {
        return 1;
      }
      say(MailLog.Severity.INFO, "starting " + system);
      return daemon.start(rest, line -> call.err().println(line))
          ? 0
          : fatal("mail system startup failed");
    }

    private int stop(boolean gently) throws InterruptedException {
      Optional<Long> pid = daemon.running();
      // Or it would be started again when deferred mail is due.
      boolean waiting = daemon.endOnDemand(STOP_PATIENCE);
      if (pid.isEmpty()) {
        if (waiting) {
          say(MailLog.Severity.INFO, system + " is not running; it would have been when needed");
          return 0;
        }
        return fatal(system + " is not running");
      }
      say(MailLog.Severity.INFO, (gently ? "stopping " : "aborting ") + system);
      if (daemon.end(pid.get(), gently, STOP_PATIENCE)) {
        return 0;
      }
      return fatal(
          "process "
              + pid.get()
              + " does not end: are you its owner? \"postfix abort\" ends it at once; accepted mail"
              + " stays in the queue");
    }

    private int ask(ControlRequest request, String announcement) throws IOException {
      if (daemon.running().isEmpty()) {
        return fatal(system + " is not running");
      }
      if (!announcement.isEmpty()) {
        say(MailLog.Severity.INFO, announcement);
      }
      return switch (daemon.ask(request)) {
        case ControlAnswer.Done _ -> 0;
        case ControlAnswer.Failed(String text) -> fatal(text);
      };
    }

    private int status() {
      Optional<Long> pid = daemon.running();
      if (pid.isEmpty()) {
        say(MailLog.Severity.INFO, system + " is not running");
        return 1;
      }
      say(MailLog.Severity.INFO, system + " is running: PID: " + pid.get());
      return 0;
    }

    private int checkOnly() throws IOException {
      return checkConfig() && prepare() ? 0 : 1;
    }

    private int logrotate() throws IOException, InterruptedException {
      for (String name :
          List.of("maillog_file", "maillog_file_compressor", "maillog_file_rotate_suffix")) {
        if (config.text(name).isEmpty()) {
          return fatal("empty '" + name + "' parameter value - logfile rotation failed");
        }
      }
      String file = config.text("maillog_file");
      if (file.startsWith("/dev/")) {
        return fatal("not rotating '" + file + "'");
      }
      try {
        LogRotation rotation = new LogRotation(config);
        rotation.moveAway();
        new MailDirectories(config).makeLogFile();
        int code = daemon.running().isPresent() ? ask(new ControlRequest.Reload(), "") : 0;
        rotation.compress();
        return code;
      } catch (IOException e) {
        return fatal("logfile '" + file + "' rotation failed: " + e.getMessage());
      }
    }

    private boolean prepareLog() {
      try {
        new MailDirectories(config).makeLogFile();
        return true;
      } catch (IOException e) {
        return refuse(String.valueOf(e.getMessage()));
      }
    }

    private boolean checkConfig() {
      return preparation.check(check, line -> call.err().println("postfix: " + line));
    }

    private boolean prepare() {
      try {
        preparation.run(text -> say(MailLog.Severity.INFO, text));
        return true;
      } catch (IOException e) {
        return refuse(String.valueOf(e.getMessage()));
      }
    }

    private int fatal(String text) {
      say(MailLog.Severity.ERROR, text);
      return 1;
    }

    private boolean refuse(String text) {
      say(MailLog.Severity.ERROR, text);
      return false;
    }

    private void say(MailLog.Severity severity, String text) {
      String word = severity == MailLog.Severity.ERROR ? "fatal: " : "";
      log.log(MailLog.Severity.INFO, "", word + text);
      // A cron job that reloads makes no noise, as with Postfix; a failure is always told.
      if (severity == MailLog.Severity.ERROR || call.errIsTerminal()) {
        call.err().println(config.text("syslog_name") + "/postfix-script: " + word + text);
      }
    }
  }
}
