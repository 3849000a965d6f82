package dev.postrider.cli;

import dev.postrider.io.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import org.jspecify.annotations.Nullable;

/**
 * The person or the script that reads mail: lines in, text out, programs in between. For one
 * thread.
 *
 * <p>A read of the terminal cannot be broken off, so a thread of its own does it, one line for each
 * that is asked for: it reads nothing that is meant for an editor. An interrupt leaves it waiting,
 * and the next question gets its line.
 */
final class MailConsole implements AutoCloseable {
  private static final int ROWS = 24;
  private static final int COLUMNS = 80;

  /** What may happen while a line is waited for. */
  private sealed interface Event {
    record Line(String text) implements Event {}

    record End() implements Event {}

    record Failed(IOException cause) implements Event {}

    record Interrupt() implements Event {}
  }

  private final BufferedReader in;
  private final PrintStream out;
  private final Map<String, String> environment;
  private final boolean interactive;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final SynchronousQueue<Boolean> questions = new SynchronousQueue<>();
  private final Runnable restore;
  private boolean asked;
  private volatile boolean interrupted;

  MailConsole(Invocation call) {
    this.environment = call.environment();
    this.interactive = environment.containsKey("POSTRIDER_IN_TTY");
    this.out = printer(call.out(), environment);
    this.in = new BufferedReader(new InputStreamReader(call.in(), StandardCharsets.UTF_8));
    if (interactive) {
      Thread.ofPlatform().name("terminal").daemon().start(this::readOnDemand);
      restore =
          Signals.on(
              "INT",
              () -> {
                interrupted = true;
                events.add(new Event.Interrupt());
              });
    } else {
      restore = () -> {};
    }
  }

  /**
   * In the terminal's own charset where that is not UTF-8; what it lacks becomes a question mark.
   */
  private static PrintStream printer(PrintStream out, Map<String, String> environment) {
    String name = System.getProperty("stdout.encoding", "UTF-8");
    boolean other =
        environment.containsKey("POSTRIDER_OUT_TTY")
            && Charset.isSupported(name)
            && !Charset.forName(name).equals(StandardCharsets.UTF_8)
            && !Charset.forName(name).equals(StandardCharsets.US_ASCII);
    return other ? new PrintStream(out, false, Charset.forName(name)) : out;
  }

  PrintStream out() {
    return out;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** Whether somebody types at a terminal. */
  boolean isInteractive() {
    return interactive;
  }

  /** Whether a pager makes sense. */
  boolean isSeen() {
    return environment.containsKey("POSTRIDER_OUT_TTY");
  }

  /** Whether the interrupt key was pressed since the last question. */
  boolean isInterrupted() {
    return interrupted;
  }

  /**
   * Asks for a line; the prompt is shown at a terminal only.
   *
   * @return null at the end of input
   */
  @Nullable String line(String prompt) throws IOException, InterruptedException {
    if (!interactive) {
      out.flush();
      return in.readLine();
    }
    interrupted = false;
    if (!prompt.isEmpty()) {
      // What was pressed before the question was meant for something else. Between the lines of a
      // letter there is nothing else: the next key may be quicker than we come back here.
      events.removeIf(event -> event instanceof Event.Interrupt);
    }
    out.print(prompt);
    out.flush();
    if (!asked) {
      asked = true;
      questions.put(true);
    }
    Event event = events.take();
    if (event instanceof Event.Interrupt) {
      throw new MailInterruptException();
    }
    asked = false;
    return switch (event) {
      case Event.Line(String text) -> text;
      case Event.Failed(IOException cause) -> throw cause;
      case Event.End _, Event.Interrupt _ -> null;
    };
  }

  private void readOnDemand() {
    try {
      while (questions.take()) {
        try {
          String line = in.readLine();
          events.add(line == null ? new Event.End() : new Event.Line(line));
        } catch (IOException e) {
          events.add(new Event.Failed(e));
        }
      }
    } catch (InterruptedException e) {
      // The program ends.
    }
  }

  int rows() {
    return size(0, "LINES", ROWS);
  }

  int columns() {
    return size(1, "COLUMNS", COLUMNS);
  }

  private int size(int column, String variable, int otherwise) {
    try {
      String given = environment.getOrDefault(variable, "");
      if (!given.isEmpty()) {
        return Math.max(2, Integer.parseInt(given));
      }
      if (interactive) {
        Process process =
            new ProcessBuilder("stty", "size")
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String[] size =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ");
        int number = size.length == 2 ? Integer.parseInt(size[column]) : 0;
        return number > 0 ? number : otherwise;
      }
    } catch (IOException | NumberFormatException e) {
      // A terminal that does not say, or a variable that is no number.
    }
    return otherwise;
  }

  /** What a program gets to read. */
  interface Input {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Runs a shell command at the terminal and returns its exit code. */
  int shell(String command, String... arguments) throws IOException, InterruptedException {
    out.flush();
    return start(command, arguments).inheritIO().start().waitFor();
  }

  /** Runs a shell command on some input. */
  int pipe(String command, Input input) throws IOException, InterruptedException {
    out.flush();
    Process process =
        start(command)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream to = process.getOutputStream()) {
      input.writeTo(to);
    } catch (IOException e) {
      // It has seen enough: a pager that was left, head(1).
    }
    return process.waitFor();
  }

  private ProcessBuilder start(String command, String... arguments) {
    // An interrupt that the program lives through must not end the shell around it.
    List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", "trap : INT; " + command, "sh"));
    line.addAll(List.of(arguments));
    return new ProcessBuilder(line);
  }

  @Override
  public void close() {
    restore.run();
    out.flush();
  }
}
