package dev.postrider.queue;

import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A setup with the settings that every job needs, read once. Immutable. */
final class Rules {
  final QueueSetup setup;
  final RetrySchedule schedule;
  final Duration deadTime;
  final Duration transportRetry;
  final Duration longestScoutPause;
  final String delimiters;
  final boolean softBounce;
  final boolean longIds;
  final boolean confirmsDelayCleared;
  final int delayResolution;
  final int activeLimit;

  /** Their mail waits until somebody flushes the queue. */
  final Set<String> deferredTransports;

  Rules(QueueSetup setup, RandomGenerator random) {
    this.setup = setup;
    this.schedule = new RetrySchedule(setup.config(), random);
    this.deadTime = setup.config().time("minimal_backoff_time");
    this.transportRetry = setup.config().time("transport_retry_time");
    this.longestScoutPause = setup.config().time("maximal_backoff_time");
    this.delimiters = setup.config().text("recipient_delimiter");
    this.softBounce = setup.config().flag("soft_bounce");
    this.confirmsDelayCleared = setup.config().flag("confirm_delay_cleared");
    this.longIds = setup.config().flag("enable_long_queue_ids");
    this.delayResolution =
        Math.clamp(setup.config().number("delay_logging_resolution_limit"), 0, 6);
    this.activeLimit = Math.max(1, setup.config().number("qmgr_message_active_limit"));
    this.deferredTransports = Set.copyOf(setup.config().list("defer_transports"));
  }
}
