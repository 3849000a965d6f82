package dev.postrider.event;

import dev.postrider.spool.QueueId;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes events as lines of JSON; docs/events.md has every field. For one thread. */
final class EventEncoder {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final JsonLine out;
  private final boolean longIds;
  private long second = Long.MIN_VALUE;
  private String secondText = "";

  /**
   * @param longIds how ids are spelled (enable_long_queue_ids)
   */
  EventEncoder(JsonLine out, boolean longIds) {
    this.out = out;
    this.longIds = longIds;
  }

  void write(long millis, Event event) {
    out.open();
    out.field("time", time(millis));
    switch (event) {
      case Event.Started started -> {
        out.field("event", "start");
        out.field("program", started.program());
        out.field("version", started.version());
        out.field("pid", started.pid());
        out.field("after", lower(started.previous()));
      }
      case Event.Stopped _ -> out.field("event", "stop");
      case Event.SwitchedOff _ -> out.field("event", "off");
      case Event.Lost(long count) -> {
        out.field("event", "lost");
        out.field("count", count);
      }
      case Event.Damage(long places) -> {
        out.field("event", "damage");
        out.field("places", places);
      }
      case Event.Accepted accepted -> accepted(accepted);
      case Event.Attempt attempt -> attempt(attempt);
      case Event.Deferred deferred -> {
        head("deferred", deferred.id());
        out.field("until", MOMENT.format(Instant.ofEpochMilli(deferred.untilMillis())));
      }
      case Event.Returned returned -> {
        head("returned", returned.id());
        out.wholeField("which", Ranges.print(returned.recipients()));
      }
      case Event.Changed changed -> {
        head(lower(changed.change()), changed.id());
        by(changed.by());
      }
      case Event.Ended ended -> {
        head("end", ended.id());
        out.field("how", lower(ended.how()));
        by(ended.by());
      }
      case Event.Recovered recovered -> {
        head("recovered", recovered.id());
        out.field("how", lower(recovered.how()));
        out.field("sender", recovered.sender());
        out.field("recipients", recovered.recipients());
        out.wholeField("done", Ranges.print(recovered.done()));
      }
      case Event.Gone gone -> {
        head("gone", gone.id());
        out.field("damaged", gone.damaged() ? "yes" : "no");
      }
    }
    out.close();
  }

  private void head(String event, QueueId id) {
    out.field("event", event);
    out.field("id", id.print(longIds));
  }

  private void by(String who) {
    if (!who.isEmpty()) {
      out.field("by", who);
    }
  }

  private void accepted(Event.Accepted accepted) {
    head("accepted", accepted.id());
    switch (accepted.from()) {
      case Event.Source.Client(var name, var address, var protocol, var login) -> {
        out.field("from", "client");
        out.field("client", name + "[" + address + "]");
        out.field("protocol", protocol);
        if (login != null) {
          out.field("login", login);
        }
      }
      case Event.Source.User(long uid, var login) -> {
        out.field("from", "user");
        out.field("uid", uid);
        out.field("user", login);
      }
      case Event.Source.Requeued(long uid, var previous) -> {
        out.field("from", "requeue");
        out.field("uid", uid);
        out.field("of", previous);
      }
      case Event.Source.Imported(long uid, var previous, var done) -> {
        out.field("from", "import");
        out.field("uid", uid);
        out.field("was", previous);
        out.wholeField("done", Ranges.print(done));
      }
      case Event.Source.Notice(var about) -> {
        out.field("from", "notice");
        out.field("of", about);
      }
      case Event.Source.Forwarded(var parent) -> {
        out.field("from", "forward");
        out.field("of", parent);
      }
      case Event.Source.Own() -> out.field("from", "postrider");
    }
    out.field("sender", accepted.sender());
    out.field("recipients", accepted.recipients());
    out.field("to", accepted.to());
    out.field("size", accepted.size());
    out.field("message_id", accepted.messageId());
  }

  private void attempt(Event.Attempt attempt) {
    head("attempt", attempt.id());
    out.field("recipient", attempt.recipient());
    out.field("to", attempt.to());
    if (!attempt.original().equalsIgnoreCase(attempt.to())) {
      out.field("original", attempt.original());
    }
    out.field("status", attempt.status());
    out.field("agent", attempt.agent());
    out.field("relay", attempt.relay());
    out.field("dsn", attempt.dsn());
    out.field("reply", attempt.reply());
    out.field("delay_ms", attempt.delayMillis());
    if (!attempt.rule().isEmpty()) {
      out.field("rule", attempt.rule());
    }
    if (!attempt.account().isEmpty()) {
      out.field("account", attempt.account());
    }
    if (!attempt.insteadOf().isEmpty()) {
      out.field("instead_of", attempt.insteadOf());
    }
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /** {@code 2026-11-25T04:40:00.123Z}, formatted once a second. */
  private String time(long millis) {
    long at = Math.floorDiv(millis, 1000L);
    if (at != second) {
      second = at;
      secondText =
          SECOND.format(LocalDateTime.ofInstant(Instant.ofEpochSecond(at), ZoneOffset.UTC));
    }
    int rest = (int) Math.floorMod(millis, 1000L);
    return secondText
        + '.'
        + (char) ('0' + rest / 100)
        + (char) ('0' + rest / 10 % 10)
        + (char) ('0' + rest % 10)
        + 'Z';
  }
}
