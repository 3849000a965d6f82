package dev.postrider.event;

import dev.postrider.config.Config;
import dev.postrider.log.MailLog;
import dev.postrider.log.PatientQueue;
import dev.postrider.spool.SpoolView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The event log of a queue, with its writing thread. To be opened by whoever holds the spool's
 * lock: there is one writer at a time. Safe on any thread.
 *
 * <p>Whoever records puts the event into a {@link PatientQueue}. Events that find no place there
 * are lost, and so is what comes while the disk takes nothing. How many were lost is the first
 * event when writing works again.
 */
public final class EventLog implements Events, AutoCloseable {
  private static final int BATCH_BYTES = 128 << 10;

  /** Between two writes, as with the mail log: waking the writer costs more than the event. */
  private static final long GATHER_NANOS = 10_000_000;

  private static final long AFTER_BUG_NANOS = 1_000_000_000;

  /** An event and when it happened; milliseconds since 1970. */
  private record Stamped(long millis, @Nullable Event event) {}

  private static final Stamped END = new Stamped(0, null);

  /**
   * Whose log it is.
   *
   * @param queueDirectory where it stands, in {@code events}
   * @param fileBytes a file of that size is full
   * @param totalBytes older files are deleted beyond that
   * @param longIds enable_long_queue_ids
   * @param program who writes
   * @param version of that
   */
  public record Settings(
      Path queueDirectory,
      long fileBytes,
      long totalBytes,
      boolean longIds,
      String program,
      String version) {
    /** As main.cf has it. */
    public static Settings of(Config config, String program) {
      return new Settings(
          Path.of(config.text("queue_directory")),
          config.size("postrider_event_log_size"),
          config.size("postrider_event_log_total"),
          config.flag("enable_long_queue_ids"),
          program,
          config.text("mail_version"));
    }
  }

  private final InstantSource clock;
  private final MailLog log;
  private final EventFile file;
  private final JsonLine out = new JsonLine();
  private final EventEncoder encoder;
  private final PatientQueue<Stamped> queue = new PatientQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean late = new AtomicBoolean();
  private final Thread writer;
  private boolean failing;

  /** Of those in work, what was neither written nor counted as lost. */
  private int unwritten;

  private EventLog(Settings settings, MailLog log, InstantSource clock) {
    this.clock = clock;
    this.log = log;
    this.file = new EventFile(settings, clock);
    this.encoder = new EventEncoder(out, settings.longIds());
    this.writer = Thread.ofPlatform().daemon().name("events").unstarted(this::run);
  }

  /**
   * Opens the log, begins it with a start, and if its last writer did not end as it should, or the
   * spool was damaged, states what the spool knows better.
   *
   * @param spool open and not yet in use
   * @param damage how many places the spool could not read
   */
  public static EventLog open(
      Settings settings, SpoolView spool, long damage, MailLog log, InstantSource clock) {
    EventLog events = new EventLog(settings, log, clock);
    Event.Previous previous = events.previous();
    Reconciliation reconciliation = null;
    if (previous == Event.Previous.CRASHED || previous == Event.Previous.OFF || damage > 0) {
      try {
        reconciliation = Reconciliation.read(settings.queueDirectory());
      } catch (IOException e) {
        log.error("master", "event log: cannot be read: " + e.getMessage());
      }
    }
    events.writer.start();
    events.record(
        new Event.Started(
            settings.program(), settings.version(), ProcessHandle.current().pid(), previous));
    if (damage > 0) {
      events.record(new Event.Damage(damage));
    }
    if (reconciliation != null) {
      reconciliation.compare(spool, damage > 0, events);
    }
    return events;
  }

  /** Says in a log that is there that it is not kept any more; makes none. */
  public static void switchOff(Settings settings, MailLog log, InstantSource clock) {
    EventLog events = new EventLog(settings, log, clock);
    if (events.previous() != Event.Previous.NONE) {
      events.writer.start();
      events.record(new Event.SwitchedOff());
      events.end();
    }
  }

  private Event.Previous previous() {
    try {
      return file.prepare();
    } catch (IOException e) {
      log.error("master", "event log: " + e.getMessage());
      return Event.Previous.CRASHED;
    }
  }

  @Override
  public void record(Event event) {
    if (closed.get()) {
      if (!late.getAndSet(true)) {
        log.warning("master", "event log: an event came after its end and is lost: " + event);
      }
      return;
    }
    queue.put(new Stamped(clock.millis(), event));
  }

  /** Writes what was recorded, and that this is the end; after the spool was closed. */
  @Override
  public void close() {
    if (!closed.get()) {
      record(new Event.Stopped());
      end();
    }
  }

  private void end() {
    if (closed.compareAndSet(false, true)) {
      queue.end(END, writer);
    }
  }

  private void run() {
    List<Stamped> events = new ArrayList<>();
    try {
      boolean more = true;
      while (more) {
        queue.take(events);
        more = !events.contains(END);
        boolean written = tryToWrite(events);
        events.clear();
        if (more && !(written && queue.isCrowded())) {
          LockSupport.parkNanos(this, written ? GATHER_NANOS : AFTER_BUG_NANOS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // Also if even the sentence about a bug was too much: nobody may wait for a thread that is
      // gone.
      closed.set(true);
      file.close();
    }
  }

  /** Writes, whatever goes wrong; returns whether nothing did but what the disk refuses. */
  private boolean tryToWrite(List<Stamped> events) {
    unwritten = events.contains(END) ? events.size() - 1 : events.size();
    try {
      writeAll(events);
      return true;
    } catch (RuntimeException | Error e) {
      out.clear();
      queue.lost().addAndGet(unwritten);
      log.bug("master", "event log: " + unwritten + " events are lost, it goes on", e);
      return false;
    }
  }

  private void writeAll(List<Stamped> events) {
    int count = 0;
    for (Stamped stamped : events) {
      Event event = stamped.event();
      if (event != null) {
        encoder.write(stamped.millis(), event);
        count++;
        if (out.size() >= BATCH_BYTES) {
          write(count);
          count = 0;
        }
      }
    }
    if (count > 0) {
      write(count);
    }
  }

  private void write(int count) {
    try {
      long missing = queue.lost().get();
      if (missing > 0) {
        // Behind the events at hand: those before it in the queue were not lost.
        encoder.write(clock.millis(), new Event.Lost(missing));
      }
      file.append(out.bytes(), out.size());
      queue.lost().addAndGet(-missing);
      if (failing) {
        failing = false;
        log.info("master", "event log: it is written again; " + missing + " events are lost");
      }
    } catch (IOException e) {
      queue.lost().addAndGet(count);
      if (!failing) {
        failing = true;
        log.error("master", "event log: events are lost, mail goes on: " + e.getMessage());
      }
    } finally {
      out.clear();
    }
    unwritten -= count;
  }
}
