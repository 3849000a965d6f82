package dev.postrider.doctor;

import dev.postrider.event.EventLine;
import dev.postrider.event.EventReader;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of mail in the last hour and day, as the event log has it. For one thread. */
public final class MailFlow {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);

  /** Times are kept for so many deferred messages; the earliest of them is what is sought. */
  private static final int MOST_WAITING = 200_000;

  /** What was counted in a span of time. */
  public static final class Counts {
    private long accepted;
    private long delivered;
    private long deferred;
    private long bounced;

    /** Messages that were taken. */
    public long accepted() {
      return accepted;
    }

    /** Recipients who got one. */
    public long delivered() {
      return delivered;
    }

    /** Attempts after which a recipient waits. */
    public long deferred() {
      return deferred;
    }

    /** Recipients who get none. */
    public long bounced() {
      return bounced;
    }

    private void count(EventLine line) {
      if (line.is("event", "accepted")) {
        accepted++;
      } else if (line.is("event", "attempt")) {
        if (line.is("status", "sent")) {
          delivered++;
        } else if (line.is("status", "deferred")) {
          deferred++;
        } else if (line.is("status", "bounced")) {
          bounced++;
        }
      }
    }
  }

  private final Instant now;
  private final Counts hour = new Counts();
  private final Counts day = new Counts();
  private final Map<QueueId, Instant> due = new HashMap<>();
  private @Nullable Instant lastDelivery;

  private MailFlow(Instant now) {
    this.now = now;
  }

  /**
   * Counts the last day.
   *
   * @throws IOException naming what cannot be read
   */
  public static MailFlow read(EventReader log, Instant now) throws IOException {
    MailFlow flow = new MailFlow(now);
    log.read(flow::take, now.minus(DAY));
    return flow;
  }

  private void take(EventLine line) {
    Instant time = line.time();
    if (time == null || time.isBefore(now.minus(DAY))) {
      return;
    }
    day.count(line);
    if (!time.isBefore(now.minus(HOUR))) {
      hour.count(line);
    }
    if (line.is("event", "attempt") && line.is("status", "sent")) {
      lastDelivery = time;
    }
    if (line.is("event", "deferred") && due.size() < MOST_WAITING) {
      Instant until = line.moment("until");
      line.id().filter(_ -> until != null).ifPresent(id -> due.put(id, until));
    } else if (line.is("event", "end")) {
      line.id().ifPresent(due::remove);
    }
  }

  public Counts hour() {
    return hour;
  }

  public Counts day() {
    return day;
  }

  /** When a recipient got a message last, within the day. */
  public Optional<Instant> lastDelivery() {
    return Optional.ofNullable(lastDelivery);
  }

  /** When the next message that waits is tried, by what was decided at its last attempt. */
  public Optional<Instant> nextAttempt() {
    return due.values().stream().min(Instant::compareTo);
  }
}
