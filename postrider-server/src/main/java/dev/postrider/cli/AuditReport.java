package dev.postrider.cli;

import dev.postrider.event.Finding;
import dev.postrider.event.Ledger;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what an audit found. Immutable. */
record AuditReport(PrintStream out, AuditRun audit, List<Finding> findings) {
  /** What is counted, by the name that the JSON has for it. */
  private Map<String, Long> counts() {
    Ledger ledger = audit.ledger;
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("messages", ledger.size());
    counts.put("accepted", ledger.countOf("accepted"));
    counts.put("delivered", ledger.countOf("end delivered"));
    counts.put("returned", ledger.countOf("end returned"));
    counts.put("deleted", ledger.countOf("end deleted"));
    counts.put("requeued", ledger.countOf("end requeued"));
    counts.put("probed", ledger.countOf("end probed"));
    counts.put("in_queue", (long) audit.queued());
    counts.put("starts", ledger.countOf("start"));
    counts.put("crashes", ledger.countOf("crash"));
    counts.put("switched_off", ledger.countOf("off"));
    counts.put("found_after_crash", ledger.countOf("recovered found"));
    counts.put("back_after_crash", ledger.countOf("recovered back"));
    counts.put("further_after_crash", ledger.countOf("recovered further"));
    counts.put("gone_in_crash", ledger.countOf("gone"));
    counts.put("repeated_deliveries", ledger.countOf("repeated"));
    counts.put("left_open_by_crash", audit.unsettled());
    counts.put("lost_events", ledger.countOf("lost"));
    counts.put("damaged_lines", ledger.countOf("damaged lines"));
    counts.put("missing_files", ledger.countOf("missing files"));
    counts.put("damaged_places", ledger.countOf("damage"));
    counts.put("faults", audit.faults());
    return counts;
  }

  void text(boolean longIds) {
    Map<String, Long> counts = counts();
    Instant begin = audit.ledger.begin();
    out.println(
        "Period: "
            + (begin == null ? "nothing" : begin)
            + " to "
            + audit.ledger.latest()
            + (audit.isRunning() ? "" : " (no daemon runs)"));
    counts.forEach((name, count) -> {
      if (count > 0) {
        out.println("  " + name.replace('_', ' ') + ": " + count);
      }
    });
    for (Finding finding : findings) {
      out.println(finding.id().print(longIds) + ": " + finding.reason());
    }
    if (audit.faults() > findings.size()) {
      out.println("and " + (audit.faults() - findings.size()) + " more");
    }
    out.println(verdict());
  }

  private String verdict() {
    if (audit.faults() > 0) {
      return "It does not hold: " + audit.faults() + " faults.";
    }
    if (!audit.holds()) {
      return "It cannot be proved: parts of the event log are missing (see above).";
    }
    return "It holds: every accepted message is in exactly one end state or in the queue.";
  }

  void json(boolean longIds) {
    Instant begin = audit.ledger.begin();
    StringBuilder text = new StringBuilder("{\"holds\": ").append(audit.holds());
    text.append(", \"begin\": \"").append(begin == null ? "" : begin);
    text.append("\", \"end\": \"").append(audit.ledger.latest());
    text.append("\", \"daemon_runs\": ").append(audit.isRunning());
    counts()
        .forEach((name, count) -> text.append(", \"").append(name).append("\": ").append(count));
    text.append(", \"findings\": [");
    String separator = "";
    for (Finding finding : findings) {
      // Reasons are our own words: there is nothing to escape.
      text.append(separator).append("{\"id\": \"").append(finding.id().print(longIds));
      text.append("\", \"reason\": \"").append(finding.reason()).append("\"}");
      separator = ", ";
    }
    out.println(text.append("]}"));
  }
}
