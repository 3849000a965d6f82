package dev.postrider.helper;

import dev.postrider.io.ProgramOutput;
import dev.postrider.io.Programs;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands and sees to it that they end. Safe on any thread.
 *
 * <p>The payload is a file without a name when the command starts, not a pipe: a command that does
 * not read it fails for no reason of ours, and when this process is killed, no command takes half a
 * message for a whole one.
 */
final class Commands {
  private static final Duration SHORT_LOOK = Duration.ofMillis(5);
  private static final Duration LONG_LOOK = Duration.ofMillis(200);
  private static final long SECONDS_TO_KILL = 10;

  /** Java's exit value of a program that a signal ended is this and the signal's number. */
  private static final int BY_SIGNAL = 128;

  private static final int LARGEST_SIGNAL = 31;

  private final Path directory;

  /** A command under way. */
  private record Running(Process process, CommandLine line) {}

  /**
   * Says where payloads are kept meanwhile.
   *
   * @param directory must be there, and nobody else's
   */
  Commands(Path directory) {
    this.directory = directory;
  }

  CommandEnd run(CommandLine line, CommandCall call, Payload payload)
      throws IOException, InterruptedException {
    Path input = Files.createTempFile(directory, "input-", "");
    try {
      write(input, payload);
      try (ProgramOutput output = ProgramOutput.open(call.mostOutput())) {
        return run(line, call, input, output);
      }
    } finally {
      Files.deleteIfExists(input);
    }
  }

  private static void write(Path input, Payload payload) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(input), 65_536)) {
      payload.writeTo(out);
    }
  }

  private CommandEnd run(CommandLine line, CommandCall call, Path input, ProgramOutput output)
      throws IOException, InterruptedException {
    Process process;
    try {
      process = start(line, call, input, output.forProgram());
    } catch (IOException e) {
      return new CommandEnd.NotStarted(String.valueOf(e.getMessage()));
    }
    Running command = new Running(process, line);
    try {
      Files.deleteIfExists(input);
      boolean inTime = await(process, output, call.limit());
      if (!inTime) {
        kill(command);
      }
      boolean _ = output.look();
      String text = new String(output.kept(), StandardCharsets.ISO_8859_1);
      return inTime ? end(process.exitValue(), text) : new CommandEnd.TimedOut(text);
    } catch (InterruptedException | IOException e) {
      kill(command);
      throw e;
    }
  }

  private static Process start(CommandLine line, CommandCall call, Path input, File output)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(line.of(call))
            .directory(new File("/"))
            .redirectInput(Redirect.from(input.toFile()))
            .redirectOutput(Redirect.appendTo(output))
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(CommandLine.carried(call));
    return Programs.start(builder);
  }

  /**
   * Waits for the command itself. What it started and left behind is not waited for.
   *
   * @return false if the time is over
   */
  private static boolean await(Process process, ProgramOutput output, Duration limit)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long look = SHORT_LOOK.toNanos();
    while (true) {
      long left = limit.toNanos() - (System.nanoTime() - begin);
      if (process.waitFor(Math.max(0, Math.min(look, left)), TimeUnit.NANOSECONDS)) {
        return true;
      }
      if (left <= 0) {
        return false;
      }
      look = output.look() ? SHORT_LOOK.toNanos() : Math.min(2 * look, LONG_LOOK.toNanos());
    }
  }

  private static CommandEnd end(int code, String output) {
    String notStarted = CommandLine.whyNotStarted(code, output);
    if (notStarted != null) {
      return new CommandEnd.NotStarted(notStarted);
    }
    int signal = code - BY_SIGNAL;
    return signal > 0 && signal <= LARGEST_SIGNAL
        ? new CommandEnd.Killed(signal, output)
        : new CommandEnd.Exited(code, output);
  }

  private static void kill(Running command) {
    boolean interrupted = Thread.interrupted();
    try {
      Process killer =
          Programs.start(
              new ProcessBuilder(command.line().toKill(command.process().pid()))
                  .redirectInput(new File("/dev/null"))
                  .redirectOutput(Redirect.DISCARD)
                  .redirectError(Redirect.DISCARD));
      boolean _ = killer.waitFor(SECONDS_TO_KILL, TimeUnit.SECONDS);
    } catch (IOException e) {
      // Then the command itself has to do.
    } catch (InterruptedException e) {
      interrupted = true;
    }
    Process _ = command.process().destroyForcibly();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
