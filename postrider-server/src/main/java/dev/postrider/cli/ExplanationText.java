package dev.postrider.cli;

import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Trace;
import dev.postrider.io.Printable;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/** Prints an explanation for people. For one thread. */
final class ExplanationText {
  private static final String STEP = "    %-26s %s%n";

  private final PrintStream out;
  private final Function<Trace.Step, String> place;

  /**
   * Prints to {@code out}.
   *
   * @param place where the entry of a step stands, or empty
   */
  ExplanationText(PrintStream out, Function<Trace.Step, String> place) {
    this.out = out;
    this.place = place;
  }

  void print(Explanation explanation) {
    out.println(
        "mail to " + safe(explanation.asked()) + " from <" + safe(explanation.sender()) + ">");
    if (explanation.refusal() != null) {
      out.println("  the SMTP server refuses it: " + safe(explanation.refusal().oneLine()));
    }
    if (!explanation.senderSteps().isEmpty()) {
      out.println("  sender");
      steps(explanation.senderSteps());
    }
    if (!explanation.recipientSteps().isEmpty()) {
      out.println("  recipient");
      steps(explanation.recipientSteps());
    }
    if (explanation.waiting() != null) {
      out.println("  it is not taken now: " + safe(explanation.waiting()));
    }
    for (Explanation.End end : explanation.ends()) {
      end(end);
    }
  }

  private void end(Explanation.End end) {
    out.println("  goes to " + safe(end.recipient()));
    out.printf(STEP, "class", end.addressClass());
    steps(end.routing());
    NextHop nextHop = end.nextHop();
    if (nextHop != null) {
      out.printf(
          STEP,
          "transport",
          safe(nextHop.transport()) + ", next hop " + safe(nextHop.destination()));
    }
    steps(end.delivery());
    if (!end.reason().isEmpty()) {
      out.printf(
          STEP, end.fate() == Explanation.Fate.BOUNCED ? "goes back" : "waits", safe(end.reason()));
    }
  }

  private void steps(List<Trace.Step> steps) {
    for (Trace.Step step : steps) {
      out.printf(
          STEP,
          step.parameter(),
          safe(step.subject()) + " -> " + safe(step.result()) + source(step));
    }
  }

  private String source(Trace.Step step) {
    if (step.table().isEmpty()) {
      return "";
    }
    String where = place.apply(step);
    if (where.isEmpty()) {
      return "  [" + safe(step.table()) + "]";
    }
    // The file's name stands in the table's already, mostly.
    String file = step.table().substring(step.table().indexOf(':') + 1);
    String rest = where.startsWith(file) ? where.substring(file.length()) : ", " + where;
    return "  [" + safe(step.table()) + safe(rest) + "]";
  }

  private static String safe(String text) {
    return Printable.of(text);
  }
}
