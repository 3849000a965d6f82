package dev.postrider.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs checks side by side, each on a virtual thread, and waits for none beyond its time. */
public final class Examination {
  /** One finding with its area. */
  public record Located(Area area, Finding finding) {}

  private record Running(Check check, FutureTask<List<Finding>> task) {}

  private final Duration limit;

  /**
   * @param limit how long all checks together may take
   */
  public Examination(Duration limit) {
    this.limit = limit;
  }

  /**
   * Runs them.
   *
   * @param remedy what a caller does who may not see everything, such as {@code sudo …}
   * @return what they found, in their order; a check that failed or took too long is itself a
   *     finding
   */
  public List<Located> run(List<Check> checks, String remedy) throws InterruptedException {
    List<Running> running = new ArrayList<>();
    for (Check check : checks) {
      FutureTask<List<Finding>> task = new FutureTask<>(check::look);
      Thread.ofVirtual().name(check.getClass().getSimpleName()).start(task);
      running.add(new Running(check, task));
    }
    long end = System.nanoTime() + limit.toNanos();
    List<Located> found = new ArrayList<>();
    TreeSet<String> hidden = new TreeSet<>();
    for (Running each : running) {
      try {
        List<Finding> findings =
            each.task.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        findings.forEach(finding -> found.add(new Located(each.check.area(), finding)));
      } catch (TimeoutException _) {
        each.task.cancel(true);
        found.add(failed(each.check, "no answer within " + limit.toSeconds() + " seconds"));
      } catch (ExecutionException e) {
        if (e.getCause() instanceof AccessDeniedException) {
          hidden.add(each.check.subject());
        } else {
          found.add(failed(each.check, reason(e.getCause())));
        }
      }
    }
    if (!hidden.isEmpty()) {
      found.add(
          new Located(
              Area.SYSTEM,
              new Finding(
                  "not-permitted",
                  Severity.NOTE,
                  "you may not look at: " + String.join("; ", hidden),
                  "what is wrong there is not said",
                  remedy)));
    }
    return found;
  }

  private static Located failed(Check check, String reason) {
    return new Located(
        check.area(),
        Finding.warning(
            "could-not-look",
            "could not look at " + check.subject() + ": " + reason,
            "whether that is well is not known",
            ""));
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause == null) {
      return "no reason was given";
    }
    String message = String.valueOf(cause.getMessage());
    // Of our own bugs the kind says more than the text.
    return cause instanceof IOException
        ? message
        : cause.getClass().getSimpleName() + ": " + message;
  }
}
