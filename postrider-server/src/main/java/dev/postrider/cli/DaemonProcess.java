package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.io.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The daemon as a command sees it: is it there, start it, ask it, end it. */
public final class DaemonProcess {
  /** What the daemon prints when it listens; anything else on its output is a reason why not. */
  public static final String READY = "postrider: ready";

  /** How a daemon exits that INT or TERM has ended. */
  private static final Set<Integer> TERMINATED = Set.of(128 + 2, 128 + 15);

  private final Config config;
  private final Path queueDirectory;

  DaemonProcess(Config config) {
    this.config = config;
    this.queueDirectory = Path.of(config.text("queue_directory"));
  }

  /** The pid of a daemon that answers on this queue directory; empty if none does. */
  Optional<Long> running() {
    try (SocketChannel _ =
        SocketChannel.open(UnixDomainSocketAddress.of(ControlClient.socket(queueDirectory)))) {
      return Optional.of(Long.parseLong(Files.readString(pidFile()).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  Path pidFile() {
    return queueDirectory.resolve("pid/master.pid");
  }

  /**
   * Starts a detached daemon and waits until it listens.
   *
   * @param errors takes each line the daemon says before it is ready
   * @return whether it runs
   */
  boolean start(java.util.function.Consumer<String> errors) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      // A session of its own: the terminal it was started from may close.
      command.add("/usr/bin/setsid");
    }
    command.addAll(commandLine());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(new java.io.File("/"))
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectErrorStream(true);
    Process process = builder.start();
    boolean ready = false;
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.equals(READY)) {
          ready = true;
          break;
        }
        errors.accept(line);
      }
    }
    return ready;
  }

  /** Runs the daemon as a child in the foreground until it ends, passing a termination on. */
  int runInForeground() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(commandLine()).inheritIO().start();
    // Each of them, as the second one means more than the first.
    Runnable _ = Signals.on("TERM", process::destroy);
    Runnable _ = Signals.on("INT", process::destroy);
    Runnable _ = Signals.on("HUP", this::reload);
    int code = process.waitFor();
    // The first process of a container ends well when it was asked to, as Postfix's does.
    return ProcessHandle.current().pid() == 1 && TERMINATED.contains(code) ? 0 : code;
  }

  private void reload() {
    try {
      switch (ask(new ControlRequest.Reload())) {
        case ControlAnswer.Done _, ControlAnswer.Failed _ -> {
          // The daemon's log tells.
        }
      }
    } catch (IOException _) {
      // It starts, and reads its configuration anyway, or it ends.
    }
  }

  private List<String> commandLine() {
    String home = System.getenv().getOrDefault("POSTRIDER_HOME", ".");
    List<String> command = new ArrayList<>();
    command.add(Path.of(home, "bin/postrider").toAbsolutePath().normalize().toString());
    command.add("daemon");
    command.add("-c");
    command.add(config.directory().toString());
    return command;
  }

  /** Asks the running daemon. */
  ControlAnswer ask(ControlRequest request) throws IOException {
    return ControlClient.ask(ControlClient.socket(queueDirectory), request, ControlOutput.none());
  }

  /**
   * Ends the daemon.
   *
   * @param gently whether it may finish what it has in hand
   * @return whether it is gone after {@code patience}
   */
  boolean end(long pid, boolean gently, Duration patience) throws InterruptedException {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (handle.isEmpty()) {
      return true;
    }
    boolean sent = gently ? handle.get().destroy() : handle.get().destroyForcibly();
    if (!sent) {
      return !handle.get().isAlive();
    }
    try {
      handle.get().onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
  }
}
