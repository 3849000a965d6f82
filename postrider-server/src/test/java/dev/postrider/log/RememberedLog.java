package dev.postrider.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A mail log that tests can read: every line in order. Safe on any thread. */
public final class RememberedLog implements MailLog {
  /** One line as it was logged. */
  public record Line(Severity severity, String process, String text) {
    /** {@code process: text}, with {@code warning:} or {@code error:} as the real log has it. */
    @Override
    public String toString() {
      return switch (severity) {
        case INFO -> process + ": " + text;
        case WARNING -> process + ": warning: " + text;
        case ERROR -> process + ": error: " + text;
      };
    }
  }

  private final List<Line> lines = new ArrayList<>();

  @Override
  public synchronized void log(Severity severity, String process, String text) {
    lines.add(new Line(severity, process, text));
    notifyAll();
  }

  /** Everything so far. */
  public synchronized List<Line> lines() {
    return List.copyOf(lines);
  }

  /** Everything so far, one string a line: {@code process: text}. */
  public List<String> text() {
    return lines().stream().map(Line::toString).toList();
  }

  /** The lines of one severity so far. */
  public List<String> text(Severity severity) {
    return lines().stream().filter(l -> l.severity() == severity).map(Line::toString).toList();
  }

  /** The first line that holds {@code part}; waits for it, and fails after ten seconds. */
  public String await(String part) throws InterruptedException {
    return await(text -> text.contains(part), part);
  }

  /** The first line that {@code wanted} accepts; waits for it, and fails after ten seconds. */
  public synchronized String await(Predicate<String> wanted, String description)
      throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (true) {
      for (Line line : lines) {
        if (wanted.test(line.toString())) {
          return line.toString();
        }
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("not logged: " + description + "; logged: " + lines);
      }
      wait(left);
    }
  }

  public synchronized void clear() {
    lines.clear();
  }
}
