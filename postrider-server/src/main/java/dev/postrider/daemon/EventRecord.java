package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.event.Event;
import dev.postrider.event.EventLog;
import dev.postrider.event.Events;
import dev.postrider.log.MailLog;
import dev.postrider.spool.SegmentSpool;
import java.time.InstantSource;

/**
 * The event log as the configuration wants it, or none. Opened behind the spool, whose lock it
 * relies on, and closed behind it. Safe on any thread once it is open.
 */
final class EventRecord implements Events, AutoCloseable {
  private volatile Events events = Events.none();

  /**
   * Opens it, before anything uses the spool.
   *
   * @param program who writes
   */
  void open(Config config, String program, SegmentSpool spool, MailLog log, InstantSource clock) {
    EventLog.Settings settings = EventLog.Settings.of(config, program);
    if (config.flag("postrider_event_log")) {
      events = EventLog.open(settings, spool, spool.damagedPlaces(), log, clock);
      spool.whenDamaged(id -> events.record(new Event.Gone(id, true)));
    } else {
      EventLog.switchOff(settings, log, clock);
    }
  }

  @Override
  public void record(Event event) {
    events.record(event);
  }

  @Override
  public void close() {
    if (events instanceof EventLog open) {
      open.close();
    }
  }
}
