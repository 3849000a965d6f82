package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.io.OwnUser;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The daemon as a command sees it: is it there, start it, ask it, end it. */
public final class DaemonProcess {
  /** What the daemon prints when it listens; anything else on its output is a reason why not. */
  public static final String READY = "postrider: ready";

  private static final Path SETSID = Path.of("/usr/bin/setsid");

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

  /**
   * The configuration directory of a daemon that runs on this queue directory, if it is not this
   * one; empty too where that cannot be seen.
   */
  Optional<Path> otherConfiguration() throws IOException {
    Optional<Path> started = running().flatMap(DaemonProcess::configurationOf);
    if (started.isEmpty() || !Files.exists(started.get())) {
      return Optional.empty();
    }
    return Files.isSameFile(started.get(), config.directory()) ? Optional.empty() : started;
  }

  /** From its command line, which {@link #commandLine} made. */
  private static Optional<Path> configurationOf(long pid) {
    List<String> words = new ArrayList<>();
    try {
      words.addAll(List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0")));
    } catch (IOException e) {
      ProcessHandle.of(pid)
          .flatMap(process -> process.info().arguments())
          .ifPresent(arguments -> words.addAll(List.of(arguments)));
    }
    int at = words.lastIndexOf("-c");
    return at >= 0 && at + 1 < words.size()
        ? Optional.of(Path.of(words.get(at + 1)))
        : Optional.empty();
  }

  Path pidFile() {
    return queueDirectory.resolve("pid/master.pid");
  }

  /**
   * Starts a detached daemon and waits until it listens.
   *
   * @param arguments options of its own
   * @param errors takes each line the daemon says before it is ready
   * @return whether it runs
   */
  boolean start(List<String> arguments, Consumer<String> errors) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      // A session of its own: the terminal it was started from may close.
      command.add(SETSID.toString());
    }
    command.addAll(commandLine());
    command.addAll(arguments);
    Process process = detached(command).redirectErrorStream(true).start();
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

  /**
   * Starts whatever runs a daemon as long as there is work, if none runs; returns at once. Only for
   * who could stop it too: a caller without that right has handed its message over and is done.
   */
  void startOnDemand() throws IOException {
    if (!Files.isWritable(pidFile().resolveSibling(".")) || running().isPresent()) {
      return;
    }
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      command.add(SETSID.toString());
    }
    command.add(home().resolve("libexec/on-demand").toString());
    command.add(config.directory().toString());
    command.add(queueDirectory.toString());
    ProcessBuilder builder = detached(command).redirectErrorStream(true);
    builder.environment().clear();
    Process _ = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  /**
   * Ends what would start a daemon again for deferred mail.
   *
   * @return whether there was one
   */
  boolean endOnDemand(Duration patience) throws InterruptedException {
    Path file = pidFile().resolveSibling("on-demand");
    try {
      if (!OwnUser.owns(file) && !OwnUser.isRoot()) {
        return false;
      }
      String[] words = Files.readString(file).strip().split(" ", 2);
      return end(Long.parseLong(words[0]), true, patience);
    } catch (IOException | NumberFormatException _) {
      return false;
    }
  }

  private static ProcessBuilder detached(List<String> command) {
    return new ProcessBuilder(command)
        .directory(new java.io.File("/"))
        .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
  }

  private static Path home() {
    return Path.of(System.getenv().getOrDefault("POSTRIDER_HOME", "."))
        .toAbsolutePath()
        .normalize();
  }

  private List<String> commandLine() {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("bin/postrider").toString());
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
