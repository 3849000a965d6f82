package dev.postrider.secret;

import dev.postrider.io.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs the programs that keep secrets: within limits of time and output, with no more of the
 * environment than such programs need. Safe on any thread.
 *
 * @param environment what a program may see of it is chosen here
 * @param identity put in front of each command line, for who runs programs as another user
 * @param patience how long a program may take
 */
record SecretPrograms(Map<String, String> environment, List<String> identity, Duration patience) {
  /** Enough for the longest token. */
  private static final int MOST_OUTPUT = 64 * 1024;

  private static final int MOST_COMPLAINT = 200;
  private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

  /** Where people, agents and desktops are found; none of it tells of a message. */
  private static final List<String> INHERITED =
      List.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "TZ",
          "LANG",
          "LC_ALL",
          "LC_CTYPE",
          "TMPDIR",
          "DISPLAY",
          "WAYLAND_DISPLAY",
          "XDG_RUNTIME_DIR",
          "XDG_CONFIG_HOME",
          "XDG_DATA_HOME",
          "XDG_CACHE_HOME",
          "DBUS_SESSION_BUS_ADDRESS",
          "GNUPGHOME",
          "GPG_TTY",
          "PASSWORD_STORE_DIR",
          "SSH_AUTH_SOCK",
          "CREDENTIALS_DIRECTORY");

  SecretPrograms {
    environment = Map.copyOf(environment);
    identity = List.copyOf(identity);
  }

  /** A program's end. */
  sealed interface End {
    /**
     * It ended well.
     *
     * @param firstLine of its output; none if that is empty
     */
    record Done(Optional<Secret> firstLine) implements End {}

    /** It did not; why, as the second half of a sentence. */
    record Failed(String why) implements End {}
  }

  /**
   * Runs one and waits.
   *
   * @param input for its standard input; not among the arguments, which all may read
   */
  End run(List<String> command, byte[] input) throws InterruptedException {
    List<String> line = new ArrayList<>(identity);
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    String path = environment.getOrDefault("PATH", USUAL_PATH);
    builder.environment().put("PATH", path);
    // Otherwise it would be looked for in this process's own path.
    line.set(0, located(line.getFirst(), path));
    INHERITED.stream()
        .filter(environment::containsKey)
        .forEach(name -> builder.environment().put(name, environment.get(name)));
    Process process;
    try {
      process = Programs.start(builder);
    } catch (IOException _) {
      return new End.Failed("the program " + command.getFirst() + " cannot be started here");
    }
    try {
      return await(process, input);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      Process _ = process.destroyForcibly();
    }
  }

  private static String located(String program, String path) {
    for (String directory : path.split(":")) {
      Path file = Path.of(directory).resolve(program);
      if (file.isAbsolute() && Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return program;
  }

  private End await(Process process, byte[] input) throws InterruptedException {
    Gathered output = new Gathered(process.getInputStream());
    Gathered complaint = new Gathered(process.getErrorStream());
    try (OutputStream in = process.getOutputStream()) {
      // Less than a pipe holds, so that this does not wait for a program that reads nothing.
      in.write(input);
    } catch (IOException _) {
      // It did not want it; how it ends tells.
    }
    long end = System.nanoTime() + patience.toNanos();
    if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      return new End.Failed("no answer within " + patience.toSeconds() + " seconds");
    }
    // Something that it left behind may hold its output for ever.
    output.await(end);
    complaint.await(Math.min(end, System.nanoTime() + TimeUnit.SECONDS.toNanos(1)));
    if (output.isOver()) {
      return new End.Failed(
          String.format(Locale.ROOT, "its output has more than %,d octets", MOST_OUTPUT));
    }
    if (process.exitValue() != 0) {
      String said = complaint.firstLine();
      return new End.Failed(
          "exit code " + process.exitValue() + (said.isEmpty() ? "" : " (" + said + ")"));
    }
    if (!output.isWhole()) {
      return new End.Failed("something that it has left behind still holds its output");
    }
    try {
      return new End.Done(Optional.of(Secret.firstLine(output.octets())));
    } catch (IllegalArgumentException _) {
      return new End.Done(Optional.empty());
    }
  }

  /** What comes out of a pipe, up to a limit; a thread of its own reads it. */
  private static final class Gathered {
    private final Thread thread;
    private byte[] octets = new byte[0];
    private boolean whole;
    private boolean over;

    Gathered(InputStream in) {
      thread = Thread.ofPlatform().daemon().name("secret-program").start(() -> read(in));
    }

    private void read(InputStream in) {
      try {
        byte[] read = in.readNBytes(MOST_OUTPUT);
        boolean ended = in.read() < 0;
        synchronized (this) {
          octets = read;
          whole = ended;
          over = !ended;
        }
        // The program that wants to go on gets SIGPIPE, in place of waiting for a reader.
        in.close();
      } catch (IOException _) {
        // Killed: what it said does not count.
      }
    }

    void await(long nanoTime) throws InterruptedException {
      boolean _ = thread.join(Duration.ofNanos(Math.max(1, nanoTime - System.nanoTime())));
    }

    synchronized byte[] octets() {
      return octets;
    }

    synchronized boolean isOver() {
      return over;
    }

    synchronized boolean isWhole() {
      return whole;
    }

    String firstLine() {
      String line =
          new String(octets(), StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
      return line.length() > MOST_COMPLAINT ? line.substring(0, MOST_COMPLAINT) + "..." : line;
    }
  }
}
