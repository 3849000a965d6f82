package dev.postrider.io;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who is slow to answer said a moment ago, so that the same is not asked several
 * times for one message. Safe on any thread.
 */
final class RecentAnswers {
  private static final int MOST = 1_000;

  private final long lifetime;
  private final Map<String, Answer> answers = new LinkedHashMap<>();

  /** An answer and since when it is known. */
  private record Answer(Optional<String> text, long since) {}

  /** Asks who knows. */
  @FunctionalInterface
  interface Source {
    Optional<String> ask() throws IOException, InterruptedException;
  }

  RecentAnswers(Duration lifetime) {
    this.lifetime = lifetime.toNanos();
  }

  /** The answer to a question, from the source if it is not known. A failure is not remembered. */
  Optional<String> get(String question, Source source) throws IOException, InterruptedException {
    synchronized (answers) {
      @Nullable Answer known = answers.get(question);
      if (known != null && System.nanoTime() - known.since() < lifetime) {
        return known.text();
      }
    }
    Optional<String> text = source.ask();
    synchronized (answers) {
      if (answers.size() >= MOST) {
        answers.remove(answers.keySet().iterator().next());
      }
      answers.remove(question);
      answers.put(question, new Answer(text, System.nanoTime()));
    }
    return text;
  }
}
