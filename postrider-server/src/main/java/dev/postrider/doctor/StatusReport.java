package dev.postrider.doctor;

import dev.postrider.account.AccountAlarm;
import dev.postrider.config.Config;
import dev.postrider.io.Printable;
import java.io.PrintStream;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Whether mail flows, on one screen. Immutable but for its parts, which nobody changes any more.
 *
 * @param config of the mail system
 * @param now when it was looked
 * @param daemon whether it runs
 * @param flow what became of mail; null if the event log cannot be read
 * @param flowReason why it cannot be read, or empty
 * @param stuck what waits; null if the queue cannot be read
 * @param stuckReason why it cannot be read, or empty
 * @param accounts those that mail waits for
 * @param room on the disk; null if that is not known
 * @param alarms accounts whose mail waits for a person
 */
public record StatusReport(
    Config config,
    Instant now,
    DaemonState daemon,
    @Nullable MailFlow flow,
    String flowReason,
    @Nullable StuckMail stuck,
    String stuckReason,
    List<WaitingAccount> accounts,
    @Nullable Room room,
    List<AccountAlarm> alarms) {
  private static final int MOST = 10;
  private static final Duration LONG = Duration.ofHours(1);
  private static final int WIDTH = 10;
  private static final int MOST_REASON = 300;

  public StatusReport {
    accounts = List.copyOf(accounts);
    alarms = List.copyOf(alarms);
  }

  /** As for {@code postrider doctor}: error if nothing can flow, warning if mail waits for long. */
  public Severity verdict() {
    boolean served =
        daemon.isRunning() || daemon.waiter().isPresent() || config.flag("postrider_autostart");
    if (!served || isFull()) {
      return Severity.ERROR;
    }
    StuckMail waiting = stuck;
    boolean late =
        waiting != null && waiting.deferred() > 0 && !waiting.oldest().plus(LONG).isAfter(now);
    return late || !alarms.isEmpty() ? Severity.WARNING : Severity.OK;
  }

  private boolean isFull() {
    Room disk = room;
    return disk != null
        && disk.freeBytes()
            < Math.max(config.size("message_size_limit") / 2 * 3, config.size("queue_minfree"));
  }

  /** Prints it for people. */
  public void print(PrintStream out, ZoneId zone) {
    DateTimeFormatter times =
        DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(zone);
    line(out, "running", running(times));
    for (AccountAlarm alarm : alarms) {
      line(out, "alarm", alarm.headline() + " (since " + times.format(alarm.since()) + ")");
      out.println("    do: " + Printable.of(alarm.remedy()));
    }
    flow(out, times);
    StuckMail waiting = stuck;
    if (waiting == null) {
      line(out, "queue", "not known: " + stuckReason);
    } else {
      line(
          out,
          "queue",
          "%d message%s, %s; %d deferred, %d on hold, %d not taken yet"
              .formatted(
                  waiting.messages(),
                  waiting.messages() == 1 ? "" : "s",
                  Room.print(waiting.bytes()),
                  waiting.deferred(),
                  waiting.held(),
                  waiting.maildrop()));
      stuck(out, waiting, times);
    }
    for (WaitingAccount each : accounts) {
      line(out, "account", each.sentence(times));
    }
    Room disk = room;
    line(
        out,
        "disk",
        disk == null
            ? "not known"
            : Room.print(disk.freeBytes())
                + " free of "
                + Room.print(disk.totalBytes())
                + (isFull() ? ": too little, no mail is accepted" : ""));
  }

  private static void line(PrintStream out, String name, String text) {
    out.println(name + ":" + " ".repeat(WIDTH - name.length()) + Printable.of(text));
  }

  private String running(DateTimeFormatter times) {
    if (daemon.pid().isPresent()) {
      return "yes, process "
          + daemon.pid().get()
          + daemon.since().map(since -> ", since " + times.format(since)).orElse("");
    }
    if (daemon.waiter().isPresent() || config.flag("postrider_autostart")) {
      return "when needed"
          + daemon.due().map(due -> ", next for deferred mail at " + times.format(due)).orElse("");
    }
    return "no: mail that is handed over waits";
  }

  private void flow(PrintStream out, DateTimeFormatter times) {
    MailFlow seen = flow;
    if (seen == null) {
      line(out, "flow", "not known: " + flowReason);
      return;
    }
    line(out, "last hour", counts(seen.hour()));
    line(
        out,
        "last day",
        counts(seen.day())
            + seen.lastDelivery().map(at -> "; last delivery " + times.format(at)).orElse(""));
  }

  private static String counts(MailFlow.Counts counts) {
    return "%d accepted, %d delivered, %d deferred, %d bounced"
        .formatted(counts.accepted(), counts.delivered(), counts.deferred(), counts.bounced());
  }

  private void stuck(PrintStream out, StuckMail waiting, DateTimeFormatter times) {
    for (StuckMail.Group group : waiting.oldestFirst(MOST)) {
      out.println(
          "  since "
              + times.format(group.since())
              + ", "
              + group.recipients()
              + (group.recipients() == 1 ? " recipient at " : " recipients at ")
              + Printable.of(String.join(", ", group.domains()))
              + (group.moreDomains() ? " and others" : "")
              + ":");
      out.println("    " + Printable.of(cut(group.reason())));
    }
    if (waiting.groups() > MOST) {
      out.println("  and " + (waiting.groups() - MOST) + " other reasons: postrider queue list");
    }
    if (waiting.deferred() > 0) {
      nextAttempt()
          .ifPresent(next -> line(out, "next try", next.isAfter(now) ? times.format(next) : "now"));
    }
  }

  private Optional<Instant> nextAttempt() {
    MailFlow seen = flow;
    return seen == null ? Optional.empty() : seen.nextAttempt();
  }

  private static String cut(String reason) {
    return reason.length() <= MOST_REASON ? reason : reason.substring(0, MOST_REASON) + "...";
  }

  /** One object on one line for programs, whose field names stay. */
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("verdict", verdict().word());
      json.writeBooleanProperty("running", daemon.isRunning());
      daemon.pid().ifPresent(pid -> json.writeNumberProperty("pid", pid));
      daemon.since().ifPresent(since -> json.writeStringProperty("since", since.toString()));
      if (!alarms.isEmpty()) {
        alarms(json);
      }
      MailFlow seen = flow;
      if (seen != null) {
        counts(json, "last_hour", seen.hour());
        counts(json, "last_day", seen.day());
        seen.lastDelivery()
            .ifPresent(at -> json.writeStringProperty("last_delivery", at.toString()));
      }
      StuckMail waiting = stuck;
      if (waiting != null) {
        json.writeNumberProperty("messages", waiting.messages());
        json.writeNumberProperty("bytes", waiting.bytes());
        json.writeNumberProperty("deferred", waiting.deferred());
        json.writeNumberProperty("held", waiting.held());
        json.writeNumberProperty("maildrop", waiting.maildrop());
        if (waiting.deferred() > 0) {
          nextAttempt().ifPresent(at -> json.writeStringProperty("next_attempt", at.toString()));
        }
        groups(json, waiting);
      }
      accounts(json);
      Room disk = room;
      if (disk != null) {
        json.writeNumberProperty("free_bytes", disk.freeBytes());
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void counts(JsonGenerator json, String name, MailFlow.Counts counts) {
    json.writeName(name);
    json.writeStartObject();
    json.writeNumberProperty("accepted", counts.accepted());
    json.writeNumberProperty("delivered", counts.delivered());
    json.writeNumberProperty("deferred", counts.deferred());
    json.writeNumberProperty("bounced", counts.bounced());
    json.writeEndObject();
  }

  private void accounts(JsonGenerator json) {
    json.writeName("accounts");
    json.writeStartArray();
    for (WaitingAccount each : accounts) {
      json.writeStartObject();
      json.writeStringProperty("account", each.name());
      json.writeStringProperty("state", each.state());
      json.writeNumberProperty("messages", each.messages());
      json.writeNumberProperty("recipients", each.recipients());
      each.gone().ifPresent(at -> json.writeStringProperty("gone_at", at.toString()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void alarms(JsonGenerator json) {
    json.writeName("alarms");
    json.writeStartArray();
    for (AccountAlarm alarm : alarms) {
      json.writeStartObject();
      json.writeStringProperty("account", alarm.name().toString());
      json.writeStringProperty("since", alarm.since().toString());
      json.writeStringProperty("what", alarm.headline());
      json.writeStringProperty("do", alarm.remedy());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void groups(JsonGenerator json, StuckMail waiting) {
    json.writeName("stuck");
    json.writeStartArray();
    for (StuckMail.Group group : waiting.oldestFirst(MOST)) {
      json.writeStartObject();
      json.writeStringProperty("since", group.since().toString());
      json.writeNumberProperty("recipients", group.recipients());
      json.writeName("domains");
      json.writeStartArray();
      group.domains().forEach(json::writeString);
      json.writeEndArray();
      json.writeStringProperty("reason", group.reason());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
