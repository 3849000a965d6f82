package dev.postrider.cli;

import dev.postrider.event.EventLine;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import dev.postrider.io.Printable;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.StoredMessage;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells a message's history in words, one line an event. For one thread. */
final class TraceText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  private final PrintStream out;
  private final ZoneId zone;
  private final boolean longIds;
  private final FailureRules rules;
  private boolean first = true;

  /**
   * @param rules say what failures mean
   */
  TraceText(PrintStream out, ZoneId zone, boolean longIds, FailureRules rules) {
    this.rules = rules;
    this.out = out;
    this.zone = zone;
    this.longIds = longIds;
  }

  String time(Instant moment) {
    return TIME.format(moment.atZone(zone));
  }

  /**
   * One message.
   *
   * @param lines its events, oldest first
   * @param stored as the spool has it now
   * @param links between messages; those to its children are told where they belong
   */
  void message(
      QueueId id,
      List<EventLine> lines,
      Optional<StoredMessage> stored,
      List<TraceSearch.Link> links) {
    if (!first) {
      out.println();
    }
    first = false;
    out.println("Message " + id.print(longIds) + title(id, lines, links));
    List<TraceSearch.Link> children = new ArrayList<>(links);
    children.removeIf(link -> !link.parent().equals(id));
    boolean accepted = false;
    for (EventLine line : lines) {
      accepted |= line.is("event", "accepted") || line.is("how", "found");
      Instant at = line.time();
      while (!children.isEmpty() && at != null && children.getFirst().child().time().isBefore(at)) {
        child(children.removeFirst());
      }
      row(at, words(line));
      if (line.is("event", "attempt") && !line.word("instead_of").isEmpty()) {
        row(null, "  not by the first account or server, because: " + line.word("instead_of"));
      }
      if (line.is("event", "attempt") && !line.word("rule").isEmpty()) {
        meaning(line, sender(lines));
      }
    }
    children.forEach(this::child);
    if (!accepted) {
      row(null, "it was accepted before the event log begins");
    }
    now(stored);
  }

  private String title(QueueId id, List<EventLine> lines, List<TraceSearch.Link> links) {
    for (TraceSearch.Link link : links) {
      if (link.child().equals(id)) {
        String parent = link.parent().print(longIds);
        return switch (link.kind()) {
          case "notice" -> ", a notice about " + parent;
          case "forward" -> ", made of " + parent + " by an alias";
          default -> ", made of " + parent + " by postsuper -r";
        };
      }
    }
    for (EventLine line : lines) {
      if (line.is("event", "accepted") && !line.word("message_id").isEmpty()) {
        return ", Message-ID " + line.word("message_id");
      }
    }
    return "";
  }

  private static String sender(List<EventLine> lines) {
    for (EventLine line : lines) {
      if (line.is("event", "accepted")) {
        return line.word("sender");
      }
    }
    return "";
  }

  private void meaning(EventLine line, String sender) {
    rules
        .explain(line.word("reply"), Facts.of(sender, line.word("to"), -1))
        .ifPresent(advice -> {
          row(null, "  that is: " + advice.what() + " [" + advice.rule() + "]");
          row(null, "  " + advice.who().sentence() + ": " + advice.remedy());
        });
  }

  private void child(TraceSearch.Link link) {
    String id = link.child().print(longIds);
    row(
        link.child().time(),
        switch (link.kind()) {
          case "notice" -> "a notice about it is sent: " + id;
          case "forward" -> "sent on by an alias as " + id;
          default -> "stored anew as " + id;
        });
  }

  private void row(@Nullable Instant at, String text) {
    out.println("  " + (at == null ? " ".repeat(23) : time(at)) + "  " + Printable.of(text));
  }

  private String words(EventLine line) {
    return switch (line.event()) {
      case "accepted" -> accepted(line);
      case "attempt" -> attempt(line);
      case "deferred" -> {
        Instant until = line.moment("until");
        yield "waits" + (until == null ? "" : " until " + time(until));
      }
      case "returned" ->
          "returned to sender"
              + (line.is("which", "0")
                  ? ""
                  : ": recipients " + line.word("which") + ", counted from 0");
      case "held", "released" -> line.event() + by(line);
      case "expired" -> "ended" + by(line) + ": the next attempt is the last one";
      case "flushed" -> "to be tried now, asked for" + by(line);
      case "end" -> end(line);
      case "recovered" -> recovered(line);
      case "gone" ->
          line.is("damaged", "yes")
              ? "missing because the spool was damaged: look into spool/quarantine"
              : "ended just before a crash: how was not written any more";
      default -> line.toString();
    };
  }

  private static String by(EventLine line) {
    String by = line.word("by");
    return by.isEmpty() ? "" : " by " + by;
  }

  private static String accepted(EventLine line) {
    String from =
        switch (line.word("from")) {
          case "client" ->
              line.word("client")
                  + " by "
                  + line.word("protocol")
                  + (line.word("login").isEmpty() ? "" : " as " + line.word("login"));
          case "user" -> "user " + line.word("user") + " (uid " + line.word("uid") + ")";
          case "requeue" -> "the queue, where it was " + line.word("of");
          case "import" -> "another queue, where it was " + line.word("was");
          case "notice" -> "Postrider, about " + line.word("of");
          case "forward" -> "an alias, from " + line.word("of");
          default -> "Postrider";
        };
    List<String> to = line.texts("to");
    long more = line.number("recipients", to.size()) - to.size();
    return "accepted from "
        + from
        + ", from=<"
        + line.word("sender")
        + ">, to=<"
        + String.join(">, <", to)
        + ">"
        + (more > 0 ? " and " + more + " more" : "")
        + ", "
        + line.word("size")
        + " bytes";
  }

  private static String attempt(EventLine line) {
    String relay = line.word("relay");
    return "<"
        + line.word("to")
        + "> "
        + line.word("status")
        + (relay.equals("none") ? "" : " by " + relay)
        + (line.word("account").isEmpty() ? "" : ", account " + line.word("account"))
        + ", dsn "
        + line.word("dsn")
        + ", after "
        + Duration.ofMillis(line.number("delay_ms", 0))
            .toString()
            .substring(2)
            .toLowerCase(Locale.ROOT)
        + ": "
        + line.word("reply");
  }

  private static String end(EventLine line) {
    return switch (line.word("how")) {
      case "delivered" -> "ended: delivered";
      case "returned" -> "ended: returned to sender";
      case "deleted" -> "ended: deleted" + by(line);
      case "requeued" -> "ended: stored anew" + by(line);
      default -> "ended: " + line.word("how");
    };
  }

  private static String recovered(EventLine line) {
    return switch (line.word("how")) {
      case "found" -> "found in the queue after a crash, from=<" + line.word("sender") + ">";
      case "back" -> "its end was undone by a crash: what followed is repeated";
      default -> "after a crash the queue knows of more recipients that are done";
    };
  }

  private void now(Optional<StoredMessage> stored) {
    if (stored.isEmpty()) {
      out.println("  It is not in the queue.");
      return;
    }
    StoredMessage message = stored.get();
    StringBuilder text = new StringBuilder("  It is in the queue, ");
    text.append(message.pending().size()).append(" of ");
    text.append(message.envelope().recipients().size()).append(" recipients wait");
    if (message.held()) {
      text.append("; held: nothing happens until it is released");
    } else if (message.attempts() == 0) {
      text.append("; not tried yet");
    } else {
      text.append("; next attempt at ").append(time(message.nextAttempt()));
    }
    out.println(text.append('.'));
    for (StoredMessage.Pending each :
        message.pending().subList(0, Math.min(10, message.pending().size()))) {
      out.println(
          "    "
              + Printable.of(
                  "<" + message.recipient(each).mailbox().external() + "> " + each.reason()));
    }
  }
}
