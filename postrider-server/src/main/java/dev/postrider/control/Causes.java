package dev.postrider.control;

import dev.postrider.account.AccountAlarm;
import dev.postrider.account.AccountState;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import dev.postrider.io.Printable;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Why the mail of a listing waits, in plain words: one paragraph for each cause, however many
 * messages have it. For one thread.
 */
final class Causes {
  /** Reasons differ by a queue id at most, so few are new; a queue of millions has room. */
  private static final int MOST_KNOWN = 2_000;

  private static final int MOST_SHOWN = 20;
  private static final int WIDTH = 96;

  private final FailureRules rules;
  private final Map<String, Optional<Advice>> known = new HashMap<>();
  private final Map<String, Cause> causes = new LinkedHashMap<>();

  private static final class Cause {
    final Advice advice;
    long messages;

    Cause(Advice advice) {
      this.advice = advice;
    }
  }

  Causes(FailureRules rules) {
    this.rules = rules;
  }

  /** What the reason means, if a rule knows it. */
  Optional<Advice> of(QueueEntry entry, QueueEntry.Waiting waiting) {
    if (waiting.reason().isEmpty()) {
      return Optional.empty();
    }
    if (known.size() >= MOST_KNOWN) {
      known.clear();
    }
    return known.computeIfAbsent(
        waiting.reason(),
        reason -> rules.explain(reason, Facts.of(entry.sender(), waiting.address(), entry.size())));
  }

  /** Counts a message, once for each cause it has. */
  void count(QueueEntry entry) {
    Map<String, Advice> own = new LinkedHashMap<>();
    for (QueueEntry.Waiting each : entry.recipients()) {
      of(entry, each).ifPresent(advice -> own.putIfAbsent(advice.rule(), advice));
    }
    own.forEach((rule, advice) -> causes.computeIfAbsent(rule, _ -> new Cause(advice)).messages++);
  }

  void alarm(AccountState state, PrintStream out) {
    AccountAlarm.of(state, rules)
        .ifPresent(alarm -> {
          wrap(out, "-- ", "ALARM: " + alarm.headline());
          wrap(out, "--   ", "You must act: " + alarm.remedy());
        });
  }

  /** One paragraph for each; every line begins as the last line of the listing does. */
  void print(PrintStream out) {
    int shown = 0;
    for (Cause each : causes.values()) {
      if (shown++ == MOST_SHOWN) {
        out.println("-- and " + (causes.size() - MOST_SHOWN) + " other causes");
        return;
      }
      String count = each.messages == 1 ? "1 message: " : each.messages + " messages: ";
      Advice advice = each.advice;
      wrap(out, "-- ", count + advice.what() + " [" + advice.rule() + "]");
      String sentence = advice.who().sentence();
      wrap(
          out,
          "--   ",
          Character.toUpperCase(sentence.charAt(0))
              + sentence.substring(1)
              + ": "
              + advice.remedy());
    }
  }

  private static void wrap(PrintStream out, String margin, String text) {
    StringBuilder line = new StringBuilder(margin);
    for (String word : Printable.of(text).split(" ")) {
      if (line.length() > margin.length() && line.length() + word.length() >= WIDTH) {
        out.println(line.toString().stripTrailing());
        line = new StringBuilder(margin.startsWith("--   ") ? margin : "--   ");
      }
      line.append(word).append(' ');
    }
    out.println(line.toString().stripTrailing());
  }
}
